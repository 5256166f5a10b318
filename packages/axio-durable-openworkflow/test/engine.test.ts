import { describeEngine } from "axio-durable/testing";
import { OpenWorkflowEngine } from "axio-durable-openworkflow";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { POSTGRES, type PostgresServer, startPostgres } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The check of a run without long forms. */
const SHORT = "takes a run over whose worker was lost";

describe("on PostgreSQL", { ...needs(POSTGRES), timeout: 60_000 }, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);
  afterAll(() => server?.[Symbol.asyncDispose]());

  describeEngine({
    name: "OpenWorkflowEngine",
    describe,
    it: (title, check) => it(title, title === SHORT ? {} : needs(FULL_RUN), check),
    timeoutMs: 30_000,
    create: async () => {
      const connection = await server.createDatabase();
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

  it("refuses a database that cannot be reached", async () => {
    const connection = "postgres://axio:secret@127.0.0.1:1/none";
    const connected = OpenWorkflowEngine.connect({} as never, { connection });
    await expect(connected).rejects.toMatchObject({ code: "store-unavailable" });
  });
});
