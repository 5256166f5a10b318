import { AxioError } from "axio";
import type { Connection, Transaction } from "./connection.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/**
 * Brings a file to the present format: an empty one, or one of an older version.
 *
 * @throws AxioError `store-unavailable` for the file of a newer version or of another program; it stays as it is.
 */
export async function migrate(connection: Connection): Promise<void> {
  const { path } = connection;
  // Asked before anything is written, and again under the lock: of several processes one migrates.
  const steps = await connection.read((transaction) => stepsTaken(transaction, path));
  // Recorded in the file; has no effect where it is so already.
  await connection.execute("PRAGMA journal_mode = WAL");
  if (steps === MIGRATIONS.length) return;
  await connection.write((transaction) => {
    const missing = MIGRATIONS.slice(stepsTaken(transaction, path));
    for (const step of missing) transaction.script(step);
    transaction.script(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`,
    );
  });
}

/**
 * Asserts that the file still has the format that this version writes.
 *
 * @throws AxioError `store-unavailable` where a newer version has changed it since it was opened.
 */
export function assertPresentFormat(transaction: Transaction, path: string): void {
  const version = number(transaction, "user_version");
  if (version > MIGRATIONS.length) throw newerVersion(path, version);
}

function stepsTaken(transaction: Transaction, path: string): number {
  const application = number(transaction, "application_id");
  const version = number(transaction, "user_version");
  if (application === APPLICATION_ID) {
    if (version > MIGRATIONS.length) throw newerVersion(path, version);
    return version;
  }
  const isEmpty = transaction.rows("SELECT 1 FROM sqlite_schema LIMIT 1").length === 0;
  if (isEmpty && application === 0 && version === 0) return 0;
  throw new AxioError(
    "store-unavailable",
    `${path} is the database of another program. Name another file for the sessions; this one was not changed.`,
  );
}

function newerVersion(path: string, version: number): AxioError {
  return new AxioError(
    "store-unavailable",
    `The sessions in ${path} were stored by a newer version of axio (format ${version}; this one knows ${MIGRATIONS.length}). Update axio-context-sqlite, or name another file. This one was not changed.`,
  );
}

function number(transaction: Transaction, pragma: "application_id" | "user_version"): number {
  return Number(transaction.rows(`PRAGMA ${pragma}`)[0]?.[pragma] ?? 0);
}
