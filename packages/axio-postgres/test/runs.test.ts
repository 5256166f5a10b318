import { userMessage } from "axio";
import { type NewToolCall, type RunLease, type RunState, startRun } from "axio/runs";
import { describeEventLog, describeRunStore, type RunStoreHarness } from "axio/testing";
import { POSTGRES } from "test-support/postgres";
import { needs } from "test-support/requirements";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type OpenPostgresOptions,
  openPostgres,
  type PostgresDatabase,
  PostgresSessions,
  type Queries,
} from "../src/index.ts";
import { setUpDatabase } from "./support/set-up-database.ts";

const { server, database } = setUpDatabase();
let spaces = 0;

const newSpace = (): string => `space-${++spaces}`;
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

function stateOf(runId: string, conversationId = "conversation"): RunState {
  return startRun({ runId, conversationId, maxSteps: 5, repetitionLimit: 5 });
}

const CALL: NewToolCall = {
  key: "1.0",
  step: 1,
  toolCallId: "call",
  name: "pay",
  inputHash: "hash",
  effect: "transaction",
};

/** Opens a database until the end of the test, as another process does. */
async function openAgain(options: Partial<OpenPostgresOptions> = {}): Promise<PostgresDatabase> {
  const other = await openPostgres({ connection: server().url(), ...options });
  onTestFinished(() => other.close());
  return other;
}

/** Creates and claims a run. */
async function claimNew({ runs }: PostgresSessions, runId = "one"): Promise<RunLease> {
  await runs.create({ state: stateOf(runId), prompt: [] });
  const [run] = await runs.claim({ owner: "a", leaseMs: 600_000, runId });
  return { runId, owner: "a", epoch: run?.epoch ?? 0 };
}

async function createRuns(): Promise<RunStoreHarness> {
  const space = newSpace();
  const { runs, events } = new PostgresSessions(database(), { space });
  const opened: PostgresDatabase[] = [];
  return {
    runs,
    events,
    reopen: async () => {
      const other = await openPostgres({ connection: server().url() });
      opened.push(other);
      return new PostgresSessions(other, { space });
    },
    close: async () => {
      for (const other of opened) await other.close();
    },
  };
}

describe("durable runs in PostgreSQL", needs(POSTGRES), () => {
  describeRunStore({ name: "PostgresRunStore", describe, it, create: createRuns });
  describeEventLog({ name: "PostgresEventLog", describe, it, create: createRuns });
});

describe("PostgresRunStore", needs(POSTGRES), () => {
  it("hides the runs of a tenant from others", async () => {
    const sessions = new PostgresSessions(database(), { space: newSpace() });
    const lease = await claimNew(sessions);
    await sessions.events.append([{ runId: "one", epoch: 1, firstSeq: 1, events: ["{}"] }]);
    const { runs, events } = new PostgresSessions(database(), { space: newSpace() });
    expect(await runs.get("one")).toBeUndefined();
    expect(await runs.list()).toEqual([]);
    expect(await events.read("one")).toEqual([]);
    expect(await runs.claim({ owner: "b", leaseMs: 1, runId: "one", force: true })).toEqual([]);
    expect(await runs.requestStop("one")).toBeUndefined();
    expect(await runs.save(lease, stateOf("one"))).toBe(false);
    expect(await runs.delete({ runId: "one" })).toBe(0);
    expect(await sessions.runs.get("one")).toMatchObject({ status: "running", state: stateOf("one") });
  });

  it("commits what a tool writes with its result, or neither", async () => {
    const { runs } = new PostgresSessions(database(), { space: newSpace() });
    await server().sql("CREATE TABLE IF NOT EXISTS payment (id text PRIMARY KEY)");
    const lease = await claimNew({ runs } as PostgresSessions);
    await runs.claimToolCall(lease, CALL);
    const pay = (id: string, work: (sql: Queries) => unknown = () => undefined) =>
      runs.transactToolCall(lease, CALL.key, async (given) => {
        const sql = given as Queries;
        await sql`INSERT INTO payment VALUES (${id})`;
        await work(sql);
        return { type: "tool-result", toolCallId: "call", content: id };
      });
    const lost = await pay("lost", () => runs.claim({ owner: "b", leaseMs: 1, runId: "one", force: true }));
    expect(lost).toBeUndefined();
    const [again] = await runs.claim({ owner: "a", leaseMs: 600_000, runId: "one", force: true });
    Object.assign(lease, { epoch: again?.epoch });
    // Only its own connection: another one of the pool may not have noticed its end when the next call takes it.
    const crash = async (sql: Queries) => {
      const [row] = await sql`SELECT pg_backend_pid() AS pid`;
      await server().sql(`SELECT pg_terminate_backend(${Number(row?.["pid"])})`);
    };
    expect(await failure(pay("crashed", crash))).toMatchObject({ code: "store-unavailable" });
    await expect(pay("failed", () => Promise.reject(new Error("No money.")))).rejects.toThrow("No money.");
    const ignored = await failure(
      runs.transactToolCall(lease, CALL.key, async (sql) => {
        await failure((sql as Queries)`INSERT INTO missing VALUES (1)`);
        return { type: "tool-result", toolCallId: "call", content: "fine" };
      }),
    );
    expect(ignored).toMatchObject({ message: expect.stringContaining("Let its error pass") });
    expect(await runs.toolCalls("one")).toMatchObject([{ status: "running", result: undefined }]);
    expect(await pay("paid")).toMatchObject({ content: "paid" });
    expect(await server().sql("SELECT string_agg(id, ',') FROM payment")).toBe("paid");
    expect(await runs.toolCalls("one")).toMatchObject([{ status: "settled", result: { content: "paid" } }]);
  });

  it("stores no event of a worker after the claim of the next one, also if both write at once", async () => {
    const { runs, events } = new PostgresSessions(database(), { space: newSpace() });
    await claimNew({ runs } as PostgresSessions);
    for (let epoch = 1; epoch <= 20; epoch += 1) {
      const append = (firstSeq: number) => events.append([{ runId: "one", epoch, firstSeq, events: ["{}"] }]);
      const claim = runs.claim({ owner: "b", leaseMs: 1, runId: "one", force: true });
      const claimed = claim.then(async () => (await events.read("one")).length);
      const [atClaim] = await Promise.all([claimed, append(1), append(2), append(3)]);
      expect(await events.read("one")).toHaveLength(atClaim);
      await runs.delete({ runId: "other" });
      await events.prune(Date.now() + 3_600_000);
    }
  });

  it("ends the transaction of a suspended process before its lease does", async () => {
    const other = await openAgain();
    const [row] = await other.transaction((sql) => sql`SHOW idle_in_transaction_session_timeout`);
    // Less than the lease of 30 seconds.
    expect(row).toEqual({ idle_in_transaction_session_timeout: "20s" });
  });

  it("tells workers and readers of other processes, also after its connection was lost", async () => {
    const connection = await server().createDatabase();
    const space = newSpace();
    const [local, other] = [await openAgain({ connection, migrate: true }), await openAgain({ connection })];
    const here = new PostgresSessions(local, { space });
    const there = new PostgresSessions(other, { space });
    let [due, read] = [0, 0];
    const leave = [there.runs.follow(() => (due += 1)), there.events.follow("one", () => (read += 1))];
    // They look once as soon as they are told of changes, because they may have missed some.
    await expect.poll(() => [due, read], { timeout: 20_000 }).toEqual([1, 1]);
    const lease = await claimNew(here);
    await expect.poll(() => due).toBe(2);
    await here.events.append([{ runId: "one", epoch: lease.epoch, firstSeq: 1, events: ["{}"] }]);
    await expect.poll(() => read).toBe(2);
    // Only for readers of this run, and only for this tenant.
    await claimNew(new PostgresSessions(local, { space: newSpace() }));
    await here.runs.requestStop("one");
    await expect.poll(() => due).toBe(3);
    expect(read).toBe(2);
    await server().sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'axio notifications'",
    );
    await expect.poll(() => due, { timeout: 20_000 }).toBe(4);
    for (const end of leave) end();
  });

  it("needs no free connection to follow", async () => {
    const connection = await server().createDatabase();
    const other = await openAgain({ connection, migrate: true, maxConnections: 1 });
    const { runs } = new PostgresSessions(other, { space: newSpace() });
    let looks = 0;
    const leave = runs.follow(() => (looks += 1));
    await expect.poll(() => looks, { timeout: 20_000 }).toBe(1);
    expect(await runs.list()).toEqual([]);
    leave();
  });

  it("deletes runs with their session, in which nothing of them remains", async () => {
    const space = newSpace();
    const sessions = new PostgresSessions(database(), { space });
    for (const age of [undefined, 8]) {
      const { id } = await sessions.create([userMessage("Hello.")]);
      const state = stateOf(`run-${id}`, id);
      await sessions.runs.create({ state, prompt: [{ type: "text", text: "Secret." }] });
      const [run] = await sessions.runs.claim({ owner: "a", leaseMs: 600_000 });
      const lease = { runId: state.runId, owner: "a", epoch: run?.epoch ?? 0 };
      await sessions.runs.startModelCall(lease, 1);
      await sessions.runs.claimToolCall(lease, CALL);
      await sessions.events.append([{ ...lease, firstSeq: 1, events: ["{}"] }]);
      if (age === undefined) await sessions.delete(id);
      else {
        await server().sql(
          `UPDATE axio.session SET updated_at = now() - interval '${age} days' WHERE id = '${id}'`,
        );
        expect(await sessions.deleteOlderThan(7 * 86_400_000)).toBe(1);
      }
    }
    for (const table of ["run", "model_call", "tool_call", "approval", "event_chunk", "session"])
      expect(await server().sql(`SELECT count(*) FROM axio.${table} WHERE space = '${space}'`)).toBe("0");
  });

  it("lets many workers claim many runs once each", async () => {
    const space = newSpace();
    const { runs } = new PostgresSessions(database(), { space });
    await Promise.all(
      Array.from({ length: 60 }, (_, number) => runs.create({ state: stateOf(`${number}`), prompt: [] })),
    );
    const others = await Promise.all([openAgain(), openAgain(), openAgain()]);
    const claims = await Promise.all(
      others.flatMap((other) => {
        const store = new PostgresSessions(other, { space }).runs;
        return Array.from({ length: 8 }, () => store.claim({ owner: "w", leaseMs: 600_000, limit: 4 }));
      }),
    );
    const rest = await runs.claim({ owner: "w", leaseMs: 600_000, limit: 60 });
    const ids = [...claims.flat(), ...rest].map(({ id }) => id);
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
  });
});
