import { AxioError } from "axio";
import { PostgresDatabase } from "./database.ts";
import type { ConnectionPool, Queries } from "./queries.ts";
import { FOUNDATION, MIGRATIONS, type MigrationStep, OLDEST_SCHEMA, SEARCH_INDEX } from "./schema.ts";
import { readVersion } from "./schema-version.ts";

/** The result of {@link migrate}. */
export interface MigrationResult {
  /** The version before. 0: there was no schema. */
  readonly from: number;
  readonly to: number;
  /** Whether searches have an index. Without it they read all messages: let the owner of the database run this once. */
  readonly hasSearchIndex: boolean;
}

/** "axio" in ASCII. */
const LOCK = 0x6178696f;
const LOCK_ATTEMPTS = 5;
const STEP_TIMEOUT_MS = 3_600_000;

/**
 * Brings the schema `axio` of a database to the version of this package. Several processes may do this at the same time. Each
 * step is a transaction: after a crash, the next call continues.
 *
 * @param connection A URL, or a `Pool` of the package `pg`. Its role needs the right to create schemas.
 * @throws AxioError `store-unavailable` (no database, wrong password, no permission, a schema of a newer version or of another
 *   program, which stays unchanged), `store-locked` if others hold locks of the tables for a minute.
 *
 * @example
 * ```ts
 * import { migrate } from "axio-postgres";
 *
 * await migrate("postgres://axio:secret@db.example.com/axio");
 * ```
 */
export async function migrate(connection: string | ConnectionPool): Promise<MigrationResult> {
  // A step may take long; the server's own limits hold.
  const database = await PostgresDatabase.create({
    connection,
    maxConnections: 1,
    timeoutMs: STEP_TIMEOUT_MS,
  });
  try {
    return await takeSteps(database, MIGRATIONS);
  } finally {
    await database.close();
  }
}

/** {@link migrate} with given steps. */
export async function takeSteps(
  database: PostgresDatabase,
  steps: readonly MigrationStep[],
): Promise<MigrationResult> {
  // Checked before anything is written.
  const { place } = database;
  const from = (await database.query((sql) => readVersion(sql, place, steps.length))) ?? 0;
  await underLock(database, async (locked) => {
    if ((await readVersion(locked, place, steps.length)) === undefined) await locked.text(FOUNDATION);
  });
  for (const [index, step] of steps.entries()) {
    await underLock(database, async (locked) => {
      if (((await readVersion(locked, place, steps.length)) ?? 0) > index) return;
      await locked.text(step.sql);
      await locked`UPDATE axio.meta SET version = ${index + 1}, min_code = ${step.minCode}`;
    });
  }
  await underLock(database, (locked) => locked.text(SEARCH_INDEX));
  const [index] = await database.query(
    (sql) => sql`SELECT to_regclass('axio.body_text') IS NOT NULL AS exists`,
  );
  // The schema may be newer, and still usable.
  return { from, to: Math.max(from, steps.length), hasSearchIndex: index?.["exists"] === true };
}

/**
 * Asserts that this version of the code can use the schema.
 *
 * @throws AxioError `store-unavailable`.
 */
export async function assertUsableSchema(sql: Queries, place: string): Promise<void> {
  const version = await readVersion(sql, place, MIGRATIONS.length);
  if (version !== undefined && version >= OLDEST_SCHEMA) return;
  const found =
    version === undefined ? "has no tables of axio" : `has tables of an older version (${version})`;
  throw new AxioError(
    "store-unavailable",
    `The database ${place} ${found}. Run \`axio-postgres migrate\` with its URL, or open it with \`migrate: true\`.`,
  );
}

/** Runs one transaction under the lock of migrations. A migration never waits long: others would queue behind it. */
async function underLock(
  database: PostgresDatabase,
  work: (sql: Queries) => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(async (sql) => {
        await sql`SET LOCAL lock_timeout = '3s'`;
        await sql`SELECT pg_advisory_xact_lock(${LOCK})`;
        await work(sql);
      });
    } catch (error) {
      if (!AxioError.is(error, "store-locked") || attempt === LOCK_ATTEMPTS) throw error;
    }
  }
}
