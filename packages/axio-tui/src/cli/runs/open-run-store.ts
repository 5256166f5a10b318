import { existsSync } from "node:fs";
import { AxioError } from "axio";
import type { EventLog, RunStore } from "axio/runs";
import { openSessions } from "axio-context-sqlite";

/** The durable runs of a file or a database. */
export interface OpenRunStore extends AsyncDisposable {
  readonly runs: RunStore;
  readonly events: EventLog;
}

/**
 * Opens the store of durable runs.
 *
 * @param place A file, or the URL of a PostgreSQL database. Default: the app's own sessions.
 * @throws AxioError `invalid-argument` if there is no such file; `store-unavailable` if it cannot be opened, or the package for
 *   PostgreSQL is missing.
 */
export async function openRunStore(
  place: string | undefined,
  space: string | undefined,
): Promise<OpenRunStore> {
  if (place !== undefined && /^postgres(ql)?:/i.test(place)) return openDatabase(place, space);
  if (space !== undefined)
    throw new AxioError(
      "invalid-argument",
      "Only a PostgreSQL database has spaces. Name one with --database.",
    );
  if (place !== undefined && !existsSync(place))
    throw new AxioError("invalid-argument", `There is no file ${place}. Name the file of the workers.`);
  return openSessions({ path: place });
}

async function openDatabase(connection: string, space: string | undefined): Promise<OpenRunStore> {
  const { openPostgres, PostgresSessions } = await importPostgres();
  const database = await openPostgres({ connection, maxConnections: 2 });
  const sessions = new PostgresSessions(database, { space });
  return Object.assign(sessions, { [Symbol.asyncDispose]: () => database.close() });
}

async function importPostgres(): Promise<typeof import("axio-postgres")> {
  try {
    return await import("axio-postgres");
  } catch (error) {
    throw new AxioError(
      "store-unavailable",
      "The package axio-postgres cannot be loaded. Install it next to axio-tui, such as with: npm install -g axio-postgres",
      { cause: error },
    );
  }
}
