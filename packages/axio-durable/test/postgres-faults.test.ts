import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AxioError } from "axio";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { DurableAgent, LeaseEngine, type ObservedEvent } from "axio-durable";
import { PostgresLimits, type PostgresSessions } from "axio-postgres";
import pg from "pg";
import { bundleScript } from "test-support/bundle-script";
import { occupyConnections } from "test-support/occupy-connections";
import { POSTGRES, type PostgresServer, postgresAccount } from "test-support/postgres";
import {
  FULL_RUN,
  LINUX,
  needs,
  POSIX,
  type Requirement,
  ROOT_USER,
  repetitions,
} from "test-support/requirements";
import { describe, expect, it, onTestFinished, vi } from "vitest";
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
import { gatedModel } from "./support/gated-model.ts";
import { setUpMachines } from "./support/machines.ts";

const LEASE_MS = 1_500;
const POISONED = await bundleScript(fileURLToPath(new URL("./support/poisoned-worker.ts", import.meta.url)));

let server: PostgresServer;

const { newSpace, openMachine, openSpace } = setUpMachines(async (started) => {
  server = started;
  await server.sql("CREATE TABLE effect (key text)");
});

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

describe("Durable runs on PostgreSQL", needs(POSTGRES, POSIX), () => {
  it("are continued by one of several workers each", async () => {
    const space = newSpace();
    const file = join(temporaryDirectory(), "effects");
    const agent = scenarioAgent(await openSpace(space), file);
    const ids = await startRuns(agent, repetitions({ short: 4, full: 60 }));
    const place = `${server.url()}#${space}`;
    // The lease is long: no other worker takes over.
    const workers = repetitions({ short: 2, full: 3 });
    for (let count = 0; count < workers; count += 1) startWorker({ place, leaseMs: 60_000 }, file);
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
    // Its pool has none left.
    await server.killBackends("postgres");
    const release = await occupyConnections(server.url("template1"));
    work(agent);
    await expect.poll(() => errors.length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(errors[0]).toMatchObject({ code: "store-unavailable", retryable: true });
    await release();
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

  it("that wait cost an idle worker one statement for each look", async () => {
    const pool = new pg.Pool({ connectionString: server.url() });
    onTestFinished(() => pool.end());
    const store = await openSpace(newSpace(), { connection: pool });
    const agent = createAgent(store, { answers: toolScript, tools: [sendTool([])], guards: [asking] });
    const { id } = await agent.start("Send it.");
    const close = work(agent);
    await untilWaiting(agent, id);
    await close();
    let statements = 0;
    pool.on("acquire", () => {
      statements += 1;
    });
    const looks = vi.spyOn(store.runs, "claim");
    const worker = new LeaseEngine(store.runs, { pollMs: 10 }).startWorker({
      handler: async () => ({ kind: "over" }),
    });
    await expect.poll(() => looks.mock.calls.length, { timeout: 20_000 }).toBeGreaterThan(3);
    await worker.close();
    expect(statements).toBe(looks.mock.calls.length);
    // Each asks for all that it may get.
    expect(looks.mock.calls.map(([options]) => options)).toEqual(
      looks.mock.calls.map(() => expect.objectContaining({ maxAttempts: 1, suspects: 1 })),
    );
  });

  it("fail after they have ended a worker five times, and harm no others", {
    ...needs(FULL_RUN),
    timeout: 120_000,
  }, async () => {
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
  });

  it("wait for a used-up plan on all machines, and go on when it resets", async () => {
    const space = newSpace();
    const usedUp = new AxioError("usage-limit", "Used up.", {
      details: { resetsAt: Date.now() + 3_600_000 },
    });
    const [told, other] = [[usedUp], [textAnswer("One."), textAnswer("Two.")]].map(
      (answers) => new ScriptedTransport(answers),
    );
    const machineOf = async (transport: ScriptedTransport): Promise<DurableAgent> => {
      const { database, store } = await openMachine(space);
      const limits = new PostgresLimits(database, { account: "plan", space });
      const engine = new LeaseEngine(store.runs, { leaseMs: LEASE_MS, pollMs: 50 });
      return new DurableAgent({ transport: limits.limit(transport), store, engine, onUsageLimit: "wait" });
    };
    if (told === undefined || other === undefined) throw new Error("There are no transports.");
    const [first, second] = [await machineOf(told), await machineOf(other)];
    const ids = [(await first.start("First.")).id];
    const close = work(first);
    await untilWaiting(first, ids[0] ?? "");
    await close();
    ids.push((await second.start("Second.")).id);
    work(second);
    await untilWaiting(second, ids[1] ?? "");
    expect(other.requests).toEqual([]);
    // The time has come.
    await server.sql(`UPDATE axio.account SET blocked_until = now() WHERE space = '${space}';
      UPDATE axio.run SET due_at = now() WHERE space = '${space}'`);
    for (const id of ids) expect(JSON.stringify(await collect(second, id))).toMatch(/One|Two/);
  }, 60_000);

  it("are stopped by another process", async () => {
    const space = newSpace();
    const store = await openSpace(space);
    work(createAgent(store, { answers: [stuckAfter("So far.")] }));
    const agent = createAgent(await openSpace(space), { answers: [] });
    const { id } = await agent.start("Tell me.");
    await expect
      .poll(async () => (await store.events.read(id)).length, { timeout: 20_000 })
      .toBeGreaterThan(0);
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
    const readers = Array.from({ length: repetitions({ short: 5, full: 100 }) }, read);
    await lost.runs.claim({ owner: "x", leaseMs: 0, runId: id, force: true });
    work(agent);
    first.open();
    const all = await collect(agent, id);
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
    for (const events of await Promise.all(readers)) expect(events).toEqual(all);
  }, 60_000);
});

const run = promisify(execFile);
const MOUNTS: Requirement = {
  isMet:
    ROOT_USER.isMet &&
    LINUX.isMet &&
    (await run("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).then(
      () => true,
      () => false,
    )),
  missing: "this process may not mount file systems",
};

describe("A full disk of the database", needs(POSTGRES, MOUNTS, FULL_RUN), () => {
  it("stores nothing by half, and runs go on when there is space", async () => {
    const disk = temporaryDirectory();
    await run("mount", ["-t", "tmpfs", "-o", "size=48m,mode=700", "tmpfs", disk]);
    onTestFinished(async () => void (await run("umount", ["-l", disk])));
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
