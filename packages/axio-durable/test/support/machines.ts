import {
  migrate,
  type OpenPostgresOptions,
  openPostgres,
  type PostgresDatabase,
  PostgresSessions,
} from "axio-postgres";
import type { PostgresServer } from "test-support/postgres";
import { setUpPostgres } from "test-support/set-up-postgres";
import { onTestFinished } from "vitest";

/** A machine with connections of its own to the database of a test file. */
interface Machine {
  readonly database: PostgresDatabase;
  readonly store: PostgresSessions;
}

interface Machines {
  /** Returns the name of another tenant. */
  readonly newSpace: () => string;
  /** Connects to a space until the end of the test. */
  readonly openMachine: (space: string, options?: Partial<OpenPostgresOptions>) => Promise<Machine>;
  /** Opens the store of a space until the end of the test. */
  readonly openSpace: (space: string, options?: Partial<OpenPostgresOptions>) => Promise<PostgresSessions>;
}

/** Starts a server for the tests of a file, if PostgreSQL is installed. */
export function setUpMachines(onStart: (server: PostgresServer) => Promise<void>): Machines {
  const server = setUpPostgres({
    settings: { max_connections: 40 },
    prepare: async (started) => {
      await migrate(started.url());
      await onStart(started);
    },
  });
  let spaces = 0;

  const openMachine: Machines["openMachine"] = async (space, options = {}) => {
    const database = await openPostgres({ connection: server().url(), ...options });
    onTestFinished(() => database.close());
    return { database, store: new PostgresSessions(database, { space }) };
  };
  return {
    newSpace: () => `space-${++spaces}`,
    openMachine,
    openSpace: async (space, options) => (await openMachine(space, options)).store,
  };
}
