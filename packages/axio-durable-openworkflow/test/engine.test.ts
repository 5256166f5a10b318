import { MemoryRunStore, startRun } from "axio/runs";
import { describeEngine } from "axio-durable/testing";
import { OpenWorkflowEngine } from "axio-durable-openworkflow";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { setUpPostgres } from "test-support/set-up-postgres";
import { describe, expect, it, onTestFinished } from "vitest";

/** The check of a run without long forms. */
const SHORT = "takes a run over whose worker was lost";

describe("on PostgreSQL", { ...needs(POSTGRES), timeout: 60_000 }, () => {
  const server = setUpPostgres();

  describeEngine({
    name: "OpenWorkflowEngine",
    describe,
    it: (title, check) => it(title, title === SHORT ? {} : needs(FULL_RUN), check),
    timeoutMs: 30_000,
    create: async () => {
      const connection = await server().createDatabase();
      const database = await openPostgres({ connection, migrate: true });
      const { runs } = new PostgresSessions(database);
      const engines: OpenWorkflowEngine[] = [];
      return {
        runs,
        create: async () => {
          const engine = await OpenWorkflowEngine.connect(runs, { connection, lookUpMs: 2_000, pollMs: 50 });
          engines.push(engine);
          return engine;
        },
        close: async () => {
          await Promise.all(engines.map((engine) => engine.close()));
          await database.close();
        },
      };
    },
  });

  it("continues a run that is woken, without looking it up", async () => {
    const connection = await server().createDatabase();
    const runs = new MemoryRunStore();
    const engine = await OpenWorkflowEngine.connect(runs, { connection, lookUpMs: 600_000, pollMs: 50 });
    onTestFinished(() => engine.close());
    const worker = engine.startWorker({
      handler: async ({ run, lease }) => {
        if (run.epoch === 1) return { kind: "wait" };
        await runs.end(lease, { status: "done", state: run.state });
        return { kind: "over" };
      },
    });
    onTestFinished(() => worker.close());
    const state = startRun({ runId: "one", conversationId: "one", maxSteps: 5, repetitionLimit: 5 });
    await runs.create({ state, prompt: [] });
    await engine.start("one");
    await expect.poll(async () => (await runs.get("one"))?.status, { timeout: 30_000 }).toBe("waiting");
    await runs.wake("one");
    // OpenWorkflow drops a signal that comes before the wait has begun.
    const signal = async (): Promise<string | undefined> => {
      await engine.wake("one");
      return (await runs.get("one"))?.status;
    };
    await expect.poll(signal, { timeout: 30_000 }).toBe("done");
  });

  it("refuses a database that cannot be reached", async () => {
    const connection = "postgres://axio:secret@127.0.0.1:1/none";
    const connected = OpenWorkflowEngine.connect({} as never, { connection });
    await expect(connected).rejects.toMatchObject({ code: "store-unavailable" });
  });
});
