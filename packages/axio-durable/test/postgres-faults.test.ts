import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxioError, type StreamRequest } from "axio";
import { type ScriptedAnswer, ScriptedTransport, textAnswer } from "axio/testing";
import { DurableAgent, handleRunRequest, LeaseEngine, type ObservedEvent } from "axio-durable";
import { migrate, type OpenPostgresOptions, openPostgres, PostgresSessions } from "axio-postgres";
import pg from "pg";
import { bundleScript } from "test-support/bundle-script";
import { POSTGRES, type PostgresServer, postgresAccount, startPostgres } from "test-support/postgres";
import { LINUX, needs, POSIX, type Requirement, ROOT_USER, repetitions } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startWorker, temporaryDirectory } from "./support/crash-runs.ts";
import { createModel, createTools } from "./support/crash-scenario.ts";
import {
  asking,
  collect,
  createAgent,
  sendTool,
  stuckAfter,
  textOf,
  toolScript,
  untilWaiting,
  work,
} from "./support/durable-runs.ts";

const LEASE_MS = 1_500;
const POISONED = await bundleScript(fileURLToPath(new URL("./support/poisoned-worker.ts", import.meta.url)));

let server: PostgresServer;
let spaces = 0;

beforeAll(async () => {
  if (!POSTGRES.isMet) return;
  server = await startPostgres({ settings: { max_connections: 40 } });
  await migrate(server.url());
  await server.sql("CREATE TABLE effect (key text)");
}, 120_000);
afterAll(() => server?.[Symbol.asyncDispose]());

const newSpace = (): string => `space-${++spaces}`;

/** Opens the runs of a space until the end of the test, as another process does. */
async function openSpace(
  space: string,
  options: Partial<OpenPostgresOptions> = {},
): Promise<PostgresSessions> {
  const database = await openPostgres({ connection: server.url(), ...options });
  onTestFinished(() => database.close());
  return new PostgresSessions(database, { space });
}

/** An agent with a tool of each effect, whose model needs no state. */
function scenarioAgent(
  store: PostgresSessions,
  file: string,
  {
    transport = createModel(),
    onError = () => undefined,
  }: { transport?: ScriptedTransport; onError?: (error: unknown) => void } = {},
): DurableAgent {
  const engine = new LeaseEngine(store.runs, { leaseMs: LEASE_MS, pollMs: 50, onError });
  return new DurableAgent({ transport, tools: createTools(store, file), store, engine, onError });
}

async function startRuns(agent: DurableAgent, count: number): Promise<readonly string[]> {
  const runs = await Promise.all(Array.from({ length: count }, () => agent.start("Do all of them.")));
  return runs.map(({ id }) => id);
}

async function expectDone(agent: DurableAgent, ids: readonly string[]): Promise<void> {
  const all = await Promise.all(ids.map((id) => collect(agent, id)));
  for (const events of all) {
    expect(events.at(-1)?.event).toMatchObject({ type: "run-end", reason: "end", steps: 2 });
    const results = events.flatMap(({ event }) => (event.type === "tool-result" ? event.name : []));
    expect(results.sort()).toEqual(["idempotent", "none", "once", "transaction"]);
  }
}

/** How often each run had its effect in a transaction. */
async function transactionsOf(ids: readonly string[]): Promise<readonly string[]> {
  const list = ids.map((id) => `'${id}.1.3'`).join();
  return (await server.sql(`SELECT count(*) FROM effect WHERE key IN (${list}) GROUP BY key`)).split("\n");
}

/** A model whose responses end when the gate opens. */
function gatedModel(text: string): { transport: ScriptedTransport; open: () => void; waiting: () => number } {
  let [waiting, isOpen] = [0, false];
  const doors = new Set<() => void>();
  const answer: ScriptedAnswer = async function* (_request: StreamRequest) {
    const [first, ...rest] = textAnswer(text);
    if (first !== undefined) yield first;
    waiting += 1;
    if (!isOpen) await new Promise<void>((resolve) => doors.add(resolve));
    yield* rest;
  };
  const open = (): void => {
    isOpen = true;
    for (const door of doors) door();
  };
  return {
    transport: new ScriptedTransport(Array.from({ length: 500 }, () => answer)),
    open,
    waiting: () => waiting,
  };
}

describe("Durable runs on PostgreSQL", needs(POSTGRES, POSIX), () => {
  it("are continued by one of several workers each", async () => {
    const space = newSpace();
    const file = join(temporaryDirectory(), "effects");
    const agent = scenarioAgent(await openSpace(space), file);
    const ids = await startRuns(agent, repetitions({ short: 8, full: 60 }));
    const place = `${server.url()}#${space}`;
    // The lease is long: nobody takes over.
    for (let count = 0; count < 3; count += 1) startWorker({ place, leaseMs: 60_000 }, file);
    await expectDone(agent, ids);
    const effects = readFileSync(file, "utf8").trim().split("\n");
    expect(effects).toHaveLength(3 * ids.length);
    expect(new Set(effects).size).toBe(3 * ids.length);
    expect(await transactionsOf(ids)).toEqual(ids.map(() => "1"));
  }, 120_000);

  it.each(["fast", "immediate"] as const)(
    "go on after a %s stop of the database",
    async (mode) => {
      const store = await openSpace(newSpace());
      const { transport, open, waiting } = gatedModel("It is all there.");
      const agent = scenarioAgent(store, "", { transport });
      const ids = (await Promise.all(Array.from({ length: 5 }, () => agent.start("Tell me.")))).map(
        ({ id }) => id,
      );
      work(agent);
      await expect.poll(waiting, { timeout: 20_000 }).toBe(5);
      await server.stop(mode);
      open();
      await server.start();
      for (const id of ids) {
        await expect
          .poll(async () => (await agent.run(id).catch(() => undefined))?.status, { timeout: 60_000 })
          .toBe("done");
        const events = await collect(agent, id);
        const shown = events.slice(events.findLastIndex(({ event }) => event.type === "retry") + 1);
        expect(textOf(shown)).toBe("It is all there.");
        const { conversationId = "" } = (await agent.run(id)) ?? {};
        expect(await (await store.open(conversationId)).history()).toHaveLength(2);
      }
    },
    120_000,
  );

  it("share one connection", async () => {
    const store = await openSpace(newSpace(), { maxConnections: 1 });
    const agent = scenarioAgent(store, join(temporaryDirectory(), "effects"));
    const ids = await startRuns(agent, 6);
    work(agent);
    await expectDone(agent, ids);
    expect(await transactionsOf(ids)).toEqual(ids.map(() => "1"));
  }, 120_000);

  it("wait until the database accepts connections again", async () => {
    const store = await openSpace(newSpace(), { notifications: false });
    const errors: unknown[] = [];
    const agent = scenarioAgent(store, join(temporaryDirectory(), "effects"), {
      onError: (error) => errors.push(error),
    });
    const ids = await startRuns(agent, 2);
    const others: pg.Client[] = [];
    for (let isFull = false; !isFull; ) {
      const client = new pg.Client({ connectionString: server.url("template1") });
      client.on("error", () => undefined);
      isFull = await client.connect().then(
        () => false,
        () => true,
      );
      others.push(client);
    }
    // What the pool has at the moment is lost.
    await server.killBackends("postgres").catch(() => undefined);
    work(agent);
    await expect.poll(() => errors.length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(errors[0]).toMatchObject({ code: "store-unavailable", retryable: true });
    await Promise.all(others.map((client) => client.end().catch(() => undefined)));
    await expectDone(agent, ids);
  }, 120_000);

  it("need no notifications", async () => {
    const space = newSpace();
    const [here, there] = [
      await openSpace(space, { notifications: false }),
      await openSpace(space, { notifications: false }),
    ];
    work(scenarioAgent(there, join(temporaryDirectory(), "effects")));
    const agent = scenarioAgent(here, "");
    await expectDone(agent, await startRuns(agent, 2));
  });

  it("fail after they have ended a worker five times, and harm no others", async () => {
    const space = newSpace();
    const agent = createAgent(await openSpace(space), { answers: [] });
    const poison = await agent.start("Explode.");
    const others = await Promise.all([agent.start("Hello."), agent.start("Hello.")]);
    let deaths = 0;
    for (let isOver = false; !isOver; ) {
      const worker = spawn(process.execPath, [POISONED, `${server.url()}#${space}`, "500"], {
        stdio: "inherit",
      });
      onTestFinished(() => void worker.kill("SIGKILL"));
      const exit = once(worker, "exit").then(() => false);
      isOver = await Promise.race([exit, collect(agent, poison.id).then(() => true)]);
      if (!isOver) deaths += 1;
    }
    expect(await agent.run(poison.id)).toMatchObject({
      status: "failed",
      failure: { code: "unexpected", message: expect.stringContaining("a tool may end the process") },
    });
    // The response of the model was new progress after the first claim.
    expect(deaths).toBeGreaterThanOrEqual(5);
    expect(deaths).toBeLessThanOrEqual(6);
    for (const { id } of others) {
      expect(JSON.stringify(await collect(agent, id))).toContain("Unharmed.");
      expect(await agent.run(id)).toMatchObject({ status: "done" });
    }
  }, 120_000);

  it("are stopped by another process", async () => {
    const space = newSpace();
    const store = await openSpace(space);
    work(createAgent(store, { answers: [stuckAfter("So far.")] }));
    const agent = createAgent(await openSpace(space), { answers: [] });
    const { id } = await agent.start("Tell me.");
    await expect.poll(async () => (await store.events.read(id)).length).toBeGreaterThan(0);
    await agent.stop(id);
    expect((await collect(agent, id)).at(-1)?.event).toMatchObject({ type: "run-end", reason: "aborted" });
    expect(await agent.run(id)).toMatchObject({ status: "stopped" });
  });

  it("show readers that reconnect at random each event once, also when the worker is lost", async () => {
    const space = newSpace();
    const text = Array.from({ length: 40 }, (_, number) => `word ${number}`).join(" ");
    const first = gatedModel(text);
    const lost = await openSpace(space);
    work(scenarioAgent(lost, "", { transport: first.transport }));
    const agent = createAgent(await openSpace(space), { answers: [textAnswer(text)] });
    const { id } = await agent.start("Tell me.");
    await expect.poll(first.waiting, { timeout: 20_000 }).toBe(1);
    const read = async (): Promise<readonly ObservedEvent[]> => {
      const events: ObservedEvent[] = [];
      while (events.at(-1)?.event.type !== "run-end") {
        let left = 1 + Math.floor(Math.random() * 12);
        for await (const event of agent.observe(id, { after: events.at(-1)?.cursor })) {
          events.push(event);
          left -= 1;
          if (left === 0) break;
        }
      }
      return events;
    };
    const readers = Array.from({ length: repetitions({ short: 10, full: 100 }) }, read);
    await lost.runs.claim({ owner: "x", leaseMs: 0, runId: id, force: true });
    work(agent);
    first.open();
    const all = await collect(agent, id);
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
    for (const events of await Promise.all(readers)) expect(events).toEqual(all);
  }, 60_000);
});

describe("Approvals on PostgreSQL", needs(POSTGRES), () => {
  it("outlive all workers and a crash of the database, and are decided once, by the holder of a token", async () => {
    const space = newSpace();
    const sent: unknown[] = [];
    const options = { answers: toolScript, tools: [sendTool(sent)], guards: [asking], approvalKey: "secret" };
    const first = createAgent(await openSpace(space), options);
    const { id } = await first.start("Send it.");
    const close = work(first);
    await untilWaiting(first, id);
    await close();
    await server.restart("immediate");

    const agent = createAgent(await openSpace(space), { ...options, answers: toolScript.slice(1) });
    const [approval] = await agent.approvals.list({ open: true });
    if (approval === undefined) throw new Error("There is no approval.");
    const token = agent.approvals.token(approval);
    const forged = createAgent(await openSpace(space), { ...options, approvalKey: "guessed" }).approvals;
    for (const wrong of [
      `${token}x`,
      "",
      forged.token(approval),
      agent.approvals.token({ ...approval, inputHash: "other" }),
    ])
      await expect(
        agent.approvals.decideByToken(approval.id, wrong, { action: "allow" }),
      ).rejects.toMatchObject({
        code: "forbidden",
      });
    const decisions = await Promise.all([
      agent.approvals.decideByToken(approval.id, token, { action: "allow" }, "ada"),
      forged.decide(approval.id, { action: "allow" }, "bob"),
    ]);
    expect(new Set(decisions.map(({ decidedBy }) => decidedBy)).size).toBe(1);
    const late = await agent.approvals.decide(approval.id, { action: "deny" });
    expect(late.decision).toEqual({ action: "allow" });
    work(agent);
    expect(textOf(await collect(agent, id))).toBe("All done.");
    expect(sent).toHaveLength(1);
  }, 120_000);

  it("and runs of a tenant are unknown to others, by any id", async () => {
    const agent = createAgent(await openSpace(newSpace()), {
      answers: toolScript,
      tools: [sendTool([])],
      guards: [asking],
    });
    const { id, conversationId } = await agent.start("Send it.");
    work(agent);
    await untilWaiting(agent, id);
    const [approval] = await agent.approvals.list();
    const other = createAgent(await openSpace(newSpace()), { answers: [] });
    const calls = [
      () => collect(other, id),
      () => other.stop(id),
      () => other.approvals.decide(approval?.id ?? "", { action: "allow" }),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "not-found" });
    await expect(other.start("More.", { conversationId })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await other.approvals.list()).toEqual([]);
    const ask = async (method: string, path: string, body?: string) =>
      (
        await handleRunRequest(
          other,
          new Request(`http://localhost/${path}`, { method, ...(body && { body }) }),
        )
      )?.status;
    expect(await ask("GET", `runs/${id}`)).toBe(404);
    expect(await ask("GET", `runs/${id}/events`)).toBe(404);
    expect(await ask("POST", `runs/${id}/stop`)).toBe(404);
    expect(await ask("POST", `approvals/${approval?.id}`, '{"action":"allow"}')).toBe(404);
    expect(await ask("GET", "runs/%00")).toBe(400);
    expect(await agent.run(id)).toMatchObject({ status: "waiting", stopRequestedAt: undefined });
  });
});

const MOUNTS: Requirement = { isMet: canMount(), missing: "this process may not mount file systems" };

function canMount(): boolean {
  if (!ROOT_USER.isMet || !LINUX.isMet) return false;
  try {
    execFileSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("A full disk of the database", needs(POSTGRES, MOUNTS), () => {
  it("stores nothing by half, and runs go on when there is space", async () => {
    const disk = temporaryDirectory();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m,mode=700", "tmpfs", disk]);
    onTestFinished(() => void execFileSync("umount", ["-l", disk]));
    const { uid = 0, gid = 0 } = postgresAccount();
    chownSync(disk, uid, gid);
    await server.sql(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await server.sql("CREATE DATABASE small TABLESPACE small");
    const connection = server.url("small");
    onTestFinished(() =>
      server
        .sql("DROP DATABASE small WITH (FORCE)")
        .then(() => server.sql("DROP TABLESPACE small"))
        .then(() => undefined),
    );
    const errors: unknown[] = [];
    const store = await openSpace("", { connection, migrate: true });
    const large = "x"
      .repeat(900_000)
      .replace(/x/g, () => String.fromCharCode(33 + Math.floor(Math.random() * 90)));
    const { transport, open, waiting } = gatedModel(large);
    const agent = scenarioAgent(store, "", { transport, onError: (error) => errors.push(error) });
    const { id, conversationId } = await agent.start("Tell me much.");
    work(agent);
    await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
    const filler = join(disk, "filler");
    fill(filler);
    await expect(agent.start(large)).rejects.toMatchObject({
      code: "store-unavailable",
      retryable: true,
      message: expect.stringContaining("is full"),
    });
    open();
    const isFull = (error: unknown): boolean =>
      AxioError.is(error, "store-unavailable") && error.message.includes("is full");
    await expect.poll(() => errors.some(isFull), { timeout: 30_000 }).toBe(true);
    expect(await (await store.open(conversationId)).history()).toEqual([]);
    rmSync(filler);
    await expect.poll(async () => (await agent.run(id))?.status, { timeout: 60_000 }).toBe("done");
    expect(await (await store.open(conversationId)).history()).toHaveLength(2);
    expect(await agent.runs()).toHaveLength(1);
  }, 120_000);
});

/** Fills the disk with a file. */
function fill(path: string): void {
  for (const size of [1_048_576, 4_096])
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      if (!existsSync(path)) throw error;
    }
}
