import { checkOptions, OPTION, type RulesOf, required } from "axio/internal";
import { PostgresDatabase } from "./database/database.ts";
import { assertUsableSchema, migrate } from "./database/migrate.ts";
import type { DatabaseOptions } from "./database/pool.ts";

/** The options of {@link openPostgres}. */
export interface OpenPostgresOptions extends DatabaseOptions {
  /**
   * Creates or updates the tables first. Its role needs the right to do so. Default: `false`: that is the work of the command
   * `axio-postgres migrate`.
   */
  readonly migrate?: boolean | undefined;
}

/** The rules of {@link OpenPostgresOptions}. `openPool()` checks the value of `connection`. */
const RULES: RulesOf<OpenPostgresOptions> = {
  connection: required({
    ...OPTION.anything,
    expected: "a postgres:// URL, or a Pool of the npm package pg",
  }),
  maxConnections: { isValid: Number.isSafeInteger, expected: "a whole number" },
  timeoutMs: OPTION.milliseconds,
  notifications: {
    isValid: (value) => value === false || typeof value === "string",
    expected: "a postgres:// URL, or false",
  },
  migrate: OPTION.boolean,
};

/**
 * Opens a database.
 *
 * @throws AxioError `invalid-argument` (no valid URL), `store-unavailable`: the message says which of these it is and what to
 *   do: no server, wrong user or password, no such database, no connection free, a missing or older schema, one of a newer
 *   version or of another program.
 *
 * @example
 * ```ts
 * import { openPostgres, PostgresSessions } from "axio-postgres";
 *
 * const database = await openPostgres({ connection: "postgres://axio:secret@db.example.com/axio" });
 * const context = await new PostgresSessions(database).create();
 * await agent.run("My name is Ada.", { context });
 * await database.close();
 * ```
 */
export async function openPostgres(options: OpenPostgresOptions): Promise<PostgresDatabase> {
  checkOptions("openPostgres", options, RULES);
  if (options.migrate === true) await migrate(options.connection);
  const database = await PostgresDatabase.create(options);
  try {
    await database.query((sql) => assertUsableSchema(sql, database.place));
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
