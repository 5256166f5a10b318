import { openSessions } from "axio-context-sqlite";
import type { DurableStore } from "axio-durable";
import { openPostgres, PostgresSessions } from "axio-postgres";

/** A store that a test has opened. */
interface OpenedPlace {
  readonly store: DurableStore;
  readonly close: () => Promise<void>;
}

/** Opens the store at the path of a session file, or at the URL of a database with a space behind `#`. */
export async function openPlace(place: string): Promise<OpenedPlace> {
  const [connection = "", space] = place.split("#");
  if (space === undefined) {
    const store = await openSessions({ path: place });
    return { store, close: () => store.close() };
  }
  const database = await openPostgres({ connection, maxConnections: 4 });
  return { store: new PostgresSessions(database, { space }), close: () => database.close() };
}
