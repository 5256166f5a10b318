import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AxioError } from "axio";
import type Libsql from "libsql";
import { Connection } from "./connection.ts";
import { defaultSessionsPath } from "./default-path.ts";
import { migrate } from "./migrate.ts";
import { SessionDatabase } from "./session-database.ts";
import { toAxioError } from "./sqlite-error.ts";

/** Where sessions are kept. */
export interface OpenSessionsOptions {
  /** The file. Default {@link defaultSessionsPath}. It and its folder are made where they are missing, for you alone. */
  readonly path?: string | undefined;
}

/**
 * Opens the file with the sessions. Several processes may have it open, read and write at the same time.
 *
 * @throws AxioError `store-unavailable` where the file cannot be used: it is no database, of another program or of a newer
 * version, cannot be written, or there is no SQLite for this platform; `store-locked` where another process does not stop
 * writing.
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
  // Absolute, since libsql takes some names for addresses.
  const file = resolve(path ?? defaultSessionsPath());
  makeFile(file);
  const database = await openDatabase(file);
  let connection: Connection;
  try {
    connection = new Connection(file, database);
    await migrate(connection);
  } catch (error) {
    database.close();
    throw toAxioError(error, file);
  }
  return new SessionDatabase(connection);
}

async function openDatabase(file: string): Promise<Libsql.Database> {
  let Database: typeof Libsql;
  try {
    ({ default: Database } = await import("libsql"));
  } catch (cause) {
    throw new AxioError(
      "store-unavailable",
      `SQLite could not be loaded on ${process.platform}-${process.arch}. Install again without leaving out optional dependencies, or keep sessions in memory.`,
      { cause },
    );
  }
  try {
    return new Database(file);
  } catch (error) {
    throw toAxioError(error, file);
  }
}

// SQLite would make the file readable for all; the files that it makes beside it get the rights of this one.
function makeFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) closeSync(openSync(file, "a", 0o600));
    else if (!found.isFile()) throw new Error("It is no file.");
  } catch (cause) {
    throw new AxioError(
      "store-unavailable",
      `Sessions cannot be kept at ${file}. Name a file in a folder that you may write.`,
      { cause },
    );
  }
}
