import { AxioError } from "axio";
import type { Connection, Transaction } from "./connection.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/**
 * Migrates an empty file, or one of an older version, to the current format.
 *
 * @throws AxioError `store-unavailable` if the file was written by a newer version or another program, or contains triggers
 * or views of another program. It is not changed.
 */
export async function migrate(connection: Connection): Promise<void> {
  const { path } = connection;
  // Checked before any write, and again under the lock, so that only one process migrates.
  const version = await connection.read((transaction) => readVersion(transaction, path));
  // The mode is stored in the file.
  await connection.execute("PRAGMA journal_mode = WAL");
  if (version === MIGRATIONS.length) return;
  await connection.write((transaction) => {
    const missing = MIGRATIONS.slice(readVersion(transaction, path));
    for (const step of missing) transaction.script(step);
    transaction.script(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`,
    );
  });
}

/**
 * Asserts that the file still has the format that this version writes.
 *
 * @throws AxioError `store-unavailable` if a newer version has migrated the file since it was opened.
 */
export function assertCurrentFormat(transaction: Transaction, path: string): void {
  const version = readPragma(transaction, "user_version");
  if (version > MIGRATIONS.length) throw newerVersionError(path, version);
}

function readVersion(transaction: Transaction, path: string): number {
  const application = readPragma(transaction, "application_id");
  const version = readPragma(transaction, "user_version");
  if (application === APPLICATION_ID) {
    if (version > MIGRATIONS.length) throw newerVersionError(path, version);
    assertOwnSchema(transaction, path);
    return version;
  }
  const isEmpty = transaction.rows("SELECT 1 FROM sqlite_schema LIMIT 1").length === 0;
  if (isEmpty && application === 0 && version === 0) return 0;
  throw new AxioError(
    "store-unavailable",
    `${path} is a database of another program. Use another file for sessions; this one was not changed.`,
  );
}

/** Triggers, views and indexes contain SQL that runs later. Only those of a migration step may exist. */
function assertOwnSchema(transaction: Transaction, path: string): void {
  const foreign = transaction
    .rows("SELECT name, sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL")
    .find(({ sql }) => !MIGRATIONS.some((step) => step.includes(String(sql))));
  if (foreign === undefined) return;
  throw new AxioError(
    "store-unavailable",
    `${path} contains ${JSON.stringify(foreign["name"])}, which axio did not create. Something else has changed the file. Use another file for sessions; this one was not changed.`,
  );
}

function newerVersionError(path: string, version: number): AxioError {
  return new AxioError(
    "store-unavailable",
    `${path} was written by a newer version of axio (format ${version}; this version supports ${MIGRATIONS.length}). Update axio-context-sqlite, or use another file. This one was not changed.`,
  );
}

function readPragma(transaction: Transaction, pragma: "application_id" | "user_version"): number {
  return Number(transaction.rows(`PRAGMA ${pragma}`)[0]?.[pragma] ?? 0);
}
