import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AxioError } from "axio";
import type Libsql from "libsql";
import { Connection } from "./connection.ts";
import { defaultSessionsPath } from "./default-sessions-path.ts";
import { migrate } from "./migrate.ts";
import { SessionDatabase } from "./session-database.ts";
import { toAxioError } from "./sqlite-error.ts";

/** Options of {@link openSessions}. */
export interface OpenSessionsOptions {
  /**
   * The file. A missing file or directory is created, accessible only to the user; an existing file of the user becomes so.
   * Default: {@link defaultSessionsPath}.
   */
  readonly path?: string | undefined;
}

/**
 * Opens the session file. Several processes may read and write it at the same time.
 *
 * @throws AxioError `store-unavailable` if the file is not a database, belongs to another program or a newer version, or is not
 * writable, or if SQLite does not support the platform; `store-locked` if another process holds the lock for 15 seconds.
 *
 * @example
 * ```ts
 * const sessions = await openSessions();
 * const context = await sessions.create();
 * await agent.run("My name is Ada.", { context });
 * await sessions.close();
 * ```
 */
export async function openSessions({ path }: OpenSessionsOptions = {}): Promise<SessionDatabase> {
  // libsql treats some relative names as URLs.
  const file = resolve(path ?? defaultSessionsPath());
  createFile(file);
  const database = await openDatabase(file);
  let connection: Connection;
  try {
    connection = new Connection(file, database);
    await migrate(connection);
  } catch (error) {
    database.close();
    throw toAxioError(error, file);
  }
  const sessions = new SessionDatabase(connection);
  await sessions.recoverInterrupted();
  return sessions;
}

async function openDatabase(file: string): Promise<Libsql.Database> {
  let Database: typeof Libsql;
  try {
    ({ default: Database } = await import("libsql"));
  } catch (cause) {
    throw new AxioError(
      "store-unavailable",
      `SQLite could not be loaded on ${process.platform}-${process.arch}. Reinstall with optional dependencies, or use MemoryContextStore.`,
      { cause },
    );
  }
  try {
    return new Database(file);
  } catch (error) {
    throw toAxioError(error, file);
  }
}

// SQLite would create a file that all users can read. Its log files get the permissions of this file.
function createFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) closeSync(openSync(file, "a", 0o600));
    else if (!found.isFile()) throw new Error("It is not a file.");
    else if (process.platform !== "win32" && found.uid === process.getuid?.()) hideFromOthers(file);
  } catch (cause) {
    throw new AxioError(
      "store-unavailable",
      `Sessions cannot be stored at ${file}. Use a file in a writable directory.`,
      { cause },
    );
  }
}

const ACCESS_OF_OTHERS = 0o077;

// Earlier versions, a copy or a restored backup may have left the file or its log readable to others.
function hideFromOthers(file: string): void {
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & ACCESS_OF_OTHERS) !== 0) chmodSync(path, mode & ~ACCESS_OF_OTHERS & 0o777);
  }
}
