import { describeEngine } from "axio-durable/testing";
import { DbosEngine } from "axio-durable-dbos";
import { openPostgres, PostgresSessions } from "axio-postgres";
import { POSTGRES } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { setUpPostgres } from "test-support/set-up-postgres";
import { describe, expect, it } from "vitest";

/** The check of a run without long forms. */
const SHORT = "continues a waiting run when another process wakes it";

describe("on PostgreSQL", { ...needs(POSTGRES), timeout: 60_000 }, () => {
  let connection: string;
  let tests = 0;
  setUpPostgres({
    prepare: async (started) => {
      connection = await started.createDatabase();
    },
  });

  describeEngine({
    name: "DbosEngine",
    describe,
    it: (title, check) => it(title, title === SHORT ? {} : needs(FULL_RUN), check),
    timeoutMs: 30_000,
    create: async () => {
      tests += 1;
      // Each test is an application of its own, in the same tables.
      const application = `test-${tests}`;
      const database = await openPostgres({ connection, migrate: true });
      const { runs } = new PostgresSessions(database, { space: application });
      const engines: DbosEngine[] = [];
      return {
        runs,
        create: async () => {
          const engine = await DbosEngine.connect(runs, {
            connection,
            application,
            // Longer than a test waits, so that each signal must arrive by itself.
            lookUpMs: 600_000,
            pollMs: 50,
          });
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
    const connected = DbosEngine.connect({} as never, { connection });
    await expect(connected).rejects.toMatchObject({ code: "store-unavailable" });
  });
});
