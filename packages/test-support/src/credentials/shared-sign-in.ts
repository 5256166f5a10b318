import { openPostgres } from "axio-postgres";
import type { Credentials } from "axio-transport-codex";
import { lockHolder } from "./lock-holder.ts";
import { openDatabaseStore, openStore, type RouteName, type TriedCredentials } from "./routes.ts";

/** The sign-in that processes share, in a file or a database. */
export interface SharedSignIn {
  readonly path: string;
  readonly database: string | undefined;
  load(): Promise<TriedCredentials | undefined>;
  save(credentials: TriedCredentials): Promise<void>;
  /** Returns the process that may refresh at the moment. */
  holder(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Opens the store of a sign-in. A database gets its tables. */
export async function openSharedSignIn(
  route: RouteName,
  path: string,
  database: string | undefined,
): Promise<SharedSignIn> {
  if (database !== undefined) return openInDatabase(path, database);
  const store = openStore(route, path);
  return {
    path,
    database,
    load: () => store.load(),
    save: async (credentials) => void (await store.update(async () => credentials)),
    holder: async () => lockHolder(`${path}.axio-lock`),
    close: async () => undefined,
  };
}

async function openInDatabase(path: string, database: string): Promise<SharedSignIn> {
  const watched = await openPostgres({ connection: database, migrate: true, maxConnections: 1 });
  const store = await openDatabaseStore(database);
  return {
    path,
    database,
    load: () => store.load(),
    save: async (credentials) => void (await store.update(async () => credentials as Credentials)),
    async holder() {
      const [row] = await watched.query(
        (sql) => sql`
          SELECT split_part(claim_owner, ':', 2)::int AS pid FROM axio.credential
          WHERE claim_until > clock_timestamp()`,
      );
      return row === undefined ? undefined : Number(row["pid"]);
    },
    async close() {
      await store[Symbol.asyncDispose]();
      await watched.close();
    },
  };
}
