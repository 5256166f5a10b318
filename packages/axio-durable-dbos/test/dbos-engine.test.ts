import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { MemoryRunStore, type StoredRun, startRun } from "axio/runs";
import { DbosEngine, type DbosEngineOptions } from "axio-durable-dbos";
import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { setUpPostgres } from "test-support/set-up-postgres";
import { openTcpSwitch } from "test-support/tcp-switch";
import { describe, expect, it, onTestFinished, vi } from "vitest";

describe("an engine on DBOS", { ...needs(POSTGRES, FULL_RUN), timeout: 60_000 }, () => {
  let connection: string;
  const server = setUpPostgres({
    requires: [FULL_RUN],
    prepare: async (started) => {
      connection = await started.createDatabase();
    },
  });

  async function connect(runs: MemoryRunStore, options: Partial<DbosEngineOptions>): Promise<DbosEngine> {
    const engine = await DbosEngine.connect(runs, { connection, lookUpMs: 600_000, pollMs: 50, ...options });
    onTestFinished(() => engine.close());
    return engine;
  }

  async function start(runs: MemoryRunStore, engine: DbosEngine, runId: string): Promise<void> {
    const state = startRun({ runId, conversationId: "conversation", maxSteps: 5, repetitionLimit: 5 });
    await runs.create({ state, prompt: [] });
    await engine.start(runId);
  }

  it("loses no signal that comes after the run was given back, and before its next turn is there", async () => {
    class SignalingStore extends MemoryRunStore {
      signal: (() => Promise<void>) | undefined;
      override async get(runId: string): Promise<StoredRun | undefined> {
        const run = await super.get(runId);
        const signal = this.signal;
        if (run?.status !== "waiting" || signal === undefined) return run;
        this.signal = undefined;
        await signal();
        return run;
      }
    }
    const runs = new SignalingStore();
    const engine = await connect(runs, { application: "signals" });
    runs.signal = async () => {
      await runs.wake("one");
      await engine.wake("one");
    };
    const worker = engine.startWorker({
      handler: async ({ run, lease }) => {
        if (run.epoch === 1) return { kind: "wait" };
        await runs.end(lease, { status: "done", state: run.state });
        return { kind: "over" };
      },
    });
    onTestFinished(() => worker.close());
    await start(runs, engine, "one");
    await expect.poll(async () => (await runs.get("one"))?.status, { timeout: 30_000 }).toBe("done");
  });

  it("keeps two turns of a run at most, however often it waited", async () => {
    const runs = new MemoryRunStore();
    const engine = await connect(runs, { application: "turns" });
    const worker = engine.startWorker({
      handler: async ({ run, lease }) => {
        if (run.epoch < 6) return { kind: "wait", wakeAt: 0 };
        await runs.end(lease, { status: "done", state: run.state });
        return { kind: "over" };
      },
    });
    onTestFinished(() => worker.close());
    await start(runs, engine, "many");
    await expect.poll(async () => (await runs.get("many"))?.status, { timeout: 30_000 }).toBe("done");
    const turns = await server().sql(
      "SELECT workflow_uuid FROM dbos.workflow_status WHERE workflow_uuid LIKE 'turns/many/%'",
      new URL(connection).pathname.slice(1),
    );
    expect(turns.split("\n").sort()).toEqual(["turns/many/0", "turns/many/5"]);
  });

  it("refuses a worker of another application in the same process", async () => {
    const runs = new MemoryRunStore();
    const one = await connect(runs, { application: "one" });
    const other = await connect(runs, { application: "other" });
    const handler = async (): Promise<{ kind: "over" }> => ({ kind: "over" });
    const worker = one.startWorker({ handler });
    onTestFinished(() => worker.close());
    expect(() => other.startWorker({ handler })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  it("refuses a worker in a process that has launched DBOS itself", async () => {
    const engine = await connect(new MemoryRunStore(), { application: "refused" });
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    DBOS.setConfig({ name: "host", systemDatabaseUrl: connection, logger });
    await DBOS.launch();
    try {
      expect(() => engine.startWorker({ handler: async () => ({ kind: "over" }) })).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    } finally {
      await DBOS.shutdown();
    }
  });

  it("goes on after a crash of the database", async () => {
    const runs = new MemoryRunStore();
    const errors: unknown[] = [];
    const engine = await connect(runs, { application: "crash", onError: (error) => errors.push(error) });
    const worker = engine.startWorker({
      handler: async ({ run, lease }) => {
        await runs.end(lease, { status: "done", state: run.state });
        return { kind: "over" };
      },
    });
    onTestFinished(() => worker.close());
    await start(runs, engine, "before");
    await expect.poll(async () => (await runs.get("before"))?.status, { timeout: 30_000 }).toBe("done");
    await server().stop("immediate");
    await expect.poll(() => errors.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await server().start();
    await start(runs, engine, "after");
    await expect.poll(async () => (await runs.get("after"))?.status, { timeout: 30_000 }).toBe("done");
  });

  it.each(["before", "during"])(
    "closes a worker whose database does not respond %s its launch, and launches for the next one",
    async (when) => {
      const runs = new MemoryRunStore();
      const address = await openTcpSwitch(server().port);
      onTestFinished(() => address[Symbol.asyncDispose]());
      const silent = createServer();
      await once(silent.listen(0, "127.0.0.1"), "listening");
      onTestFinished(() => void silent.close());
      const url = new URL(connection);
      url.port = String(address.port);
      const engine = await connect(runs, { application: `silent-${when}`, connection: url.href });
      const startWorker = () =>
        engine.startWorker({
          handler: async ({ run, lease }) => {
            await runs.end(lease, { status: "done", state: run.state });
            return { kind: "over" };
          },
        });
      const silence = (): void => address.switchTo((silent.address() as AddressInfo).port);
      if (when === "before") silence();
      else {
        const launch = DBOS.launch.bind(DBOS);
        const spy = vi.spyOn(DBOS, "launch").mockImplementationOnce(() => {
          silence();
          return launch();
        });
        onTestFinished(() => spy.mockRestore());
      }
      const asked = once(silent, "connection");
      const worker = startWorker();
      await asked;
      await worker.close();
      address.switchTo(server().port);
      await start(runs, engine, "late");
      const next = startWorker();
      onTestFinished(() => next.close());
      await expect.poll(async () => (await runs.get("late"))?.status, { timeout: 40_000 }).toBe("done");
    },
  );
});
