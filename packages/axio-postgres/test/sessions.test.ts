import { Agent, assistantMessage, userMessage } from "axio";
import { describeContextStore, ScriptedTransport, textAnswer } from "axio/testing";
import { POSTGRES } from "test-support/postgres";
import { needs } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { PostgresSessions } from "../src/index.ts";
import { setUpDatabase } from "./support/set-up-database.ts";

const { server, database } = setUpDatabase();
let spaces = 0;

const newSpace = (): PostgresSessions => new PostgresSessions(database(), { space: `space-${++spaces}` });
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);
const rowsOf = (table: string): Promise<string> =>
  server().sql(`SELECT count(*) FROM axio.${table} WHERE space = 'space-${spaces}'`);

describe("PostgresContextStore", needs(POSTGRES), () => {
  describeContextStore({
    name: "PostgresContextStore",
    describe,
    it,
    create: async () => {
      const sessions = newSpace();
      const store = await sessions.create();
      return { store, reopen: () => sessions.open(store.id), close: async () => undefined };
    },
  });

  it("lets one of two machines continue a session that both have read", async () => {
    const sessions = newSpace();
    const store = await sessions.create([userMessage("Who are you?")]);
    const other = await sessions.open(store.id);
    const expected = await store.head();
    const results = await Promise.all(
      [store, other].map((own) => failure(own.append([assistantMessage("A test.")], { expect: expected }))),
    );
    expect(results.filter((result) => result === undefined)).toHaveLength(1);
    expect(results).toContainEqual(expect.objectContaining({ code: "store-conflict" }));
    expect(await store.history()).toHaveLength(2);
  });

  it("stores nothing of an append that the database ends in the middle, and goes on", async () => {
    const store = await newSpace().create([userMessage("Before.")]);
    // Keeps the session's row locked, so that the append has begun and waits.
    const held = failure(
      database().transaction(async (sql) => {
        await sql`SELECT 1 FROM axio.session WHERE id = ${store.id} FOR UPDATE`;
        const waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        const appended = failure(store.append([userMessage("Lost."), assistantMessage("Lost.")]));
        while ((await server().sql(waits)) !== "1");
        await server().restart("immediate");
        return appended;
      }),
    );
    expect(await held).toMatchObject({ code: "store-unavailable", retryable: true });
    await store.append([assistantMessage("After.")]);
    expect(await store.history()).toEqual([userMessage("Before."), assistantMessage("After.")]);
  }, 120_000);

  it("keeps what an agent says across machines", async () => {
    const sessions = newSpace();
    const transport = new ScriptedTransport([textAnswer("Hello, Ada."), textAnswer("Ada.")]);
    const agent = new Agent({ transport });
    const store = await sessions.create();
    await agent.run("My name is Ada.", { context: store });
    const { text } = await agent.run("What is my name?", { context: await sessions.open(store.id) });
    expect(text).toBe("Ada.");
    expect(await store.history()).toHaveLength(4);
  });
});

describe("PostgresSessions", needs(POSTGRES), () => {
  it("hides the sessions of a tenant from others", async () => {
    const { id } = await newSpace().create([userMessage("Private.")]);
    const other = newSpace();
    const calls = [id, "no uuid"].flatMap((wrong) => [() => other.open(wrong), () => other.delete(wrong)]);
    for (const call of calls) expect(await failure(call())).toMatchObject({ code: "invalid-argument" });
    expect(await other.list({ search: "private" })).toEqual([]);
  });

  it("finds words in any script, parts of words, and characters that LIKE reserves", async () => {
    const sessions = newSpace();
    const texts = ["The borrow checker", "Grüße aus Zürich", "検索テスト", "100% of a_b\\c", "nul\u0000byte"];
    for (const text of texts) await sessions.create([userMessage(text)]);
    const found = async (search: string) => (await sessions.list({ search })).map(({ preview }) => preview);
    expect(await found("CHECK borr")).toEqual(["The borrow checker"]);
    expect(await found("zürich")).toEqual(["Grüße aus Zürich"]);
    expect(await found("索テ")).toEqual(["検索テスト"]);
    expect(await found("0%")).toEqual(["100% of a_b\\c"]);
    expect(await found("a_b\\c")).toEqual(["100% of a_b\\c"]);
    expect(await found("axb")).toEqual([]);
    expect(await sessions.list({ search: "checker" })).toMatchObject([{ excerpt: "The borrow checker" }]);
  });

  it("lists pages that neither repeat nor omit a session", async () => {
    const sessions = newSpace();
    const ids = new Set<string>();
    for (let count = 0; count < 7; count += 1) ids.add((await sessions.create([userMessage(`${count}`)])).id);
    const listed: string[] = [];
    let page = await sessions.list({ limit: 3 });
    while (page.length > 0) {
      listed.push(...page.map(({ id }) => id));
      page = await sessions.list({ limit: 3, after: page.at(-1) });
    }
    expect(listed).toHaveLength(7);
    expect(new Set(listed)).toEqual(ids);
    expect(await failure(sessions.list({ limit: -1 }))).toMatchObject({ code: "invalid-argument" });
  });

  it("lists the sessions of a directory", async () => {
    const sessions = newSpace();
    await sessions.create([userMessage("a")], { directory: "/a" });
    await sessions.create([userMessage("b")]);
    expect(await sessions.list({ directory: "/a" })).toMatchObject([{ preview: "a", directory: "/a" }]);
    expect(await sessions.list({ directory: null })).toMatchObject([{ preview: "b" }]);
  });

  it("shares the messages of forks, and deletes content with the last session that has it", async () => {
    const sessions = newSpace();
    const store = await sessions.create([userMessage("one"), assistantMessage("two")]);
    const fork = await store.fork();
    const short = await store.fork({ count: 1 });
    expect(await short.history()).toEqual([userMessage("one")]);
    expect(await rowsOf("body")).toBe("2");
    await sessions.delete(store.id);
    expect(await fork.history()).toHaveLength(2);
    await Promise.all([sessions.delete(fork.id), sessions.delete(short.id)]);
    expect([await rowsOf("session"), await rowsOf("message"), await rowsOf("body")]).toEqual(["0", "0", "0"]);
    expect(await failure(fork.append([userMessage("late")]))).toMatchObject({ code: "invalid-argument" });
  });

  it("deletes the sessions that were not changed for a time", async () => {
    const sessions = newSpace();
    const [old, kept] = [
      await sessions.create([userMessage("old")]),
      await sessions.create([userMessage("new")]),
    ];
    await server().sql(
      `UPDATE axio.session SET updated_at = now() - interval '8 days' WHERE id = '${old.id}'`,
    );
    expect(await sessions.deleteOlderThan(7 * 86_400_000)).toBe(1);
    for (const age of [-1, Number.NaN])
      expect(await failure(sessions.deleteOlderThan(age))).toMatchObject({ code: "invalid-argument" });
    expect(await sessions.list()).toMatchObject([{ id: kept.id }]);
    expect(await rowsOf("body")).toBe("1");
  });
});
