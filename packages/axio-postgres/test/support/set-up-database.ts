import type { PostgresServer } from "test-support/postgres";
import { setUpPostgres } from "test-support/set-up-postgres";
import { afterAll } from "vitest";
import { openPostgres, type PostgresDatabase } from "../../src/index.ts";

/** Starts a server with the tables of axio for the tests of a file, and connects to it. */
export function setUpDatabase(): {
  readonly server: () => PostgresServer;
  readonly database: () => PostgresDatabase;
} {
  let database: PostgresDatabase | undefined;
  const server = setUpPostgres({
    prepare: async (started) => {
      database = await openPostgres({ connection: started.url(), migrate: true });
    },
  });
  afterAll(() => database?.close());
  return {
    server,
    database: () => {
      if (database === undefined)
        throw new Error("There is no database: the tests of this file are skipped.");
      return database;
    },
  };
}
