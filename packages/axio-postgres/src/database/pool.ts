import { AxioError } from "axio";
import type { ListeningClient, OpenListener } from "./change-feed.ts";
import type { ConnectionPool } from "./queries.ts";

/** A pool, and the place of its database. */
export interface OpenedPool {
  readonly pool: ConnectionPool;
  /** The host, port and name of the database, for messages. */
  readonly place: string;
  /** Opens a connection for notifications. Absent without notifications. */
  readonly openListener?: OpenListener | undefined;
  /** Closes a pool that was created here. */
  readonly close: () => Promise<void>;
}

/** The options of a database. */
export interface DatabaseOptions {
  /**
   * The URL of the database, `postgres://user:password@host:5432/name`, or a `Pool` of the package `pg`, which stays the
   * caller's: it is not closed, and without a listener of its event `error` a connection that fails while it is idle ends the
   * process.
   */
  readonly connection: string | ConnectionPool;
  /** The most connections of this process. A pool has its own number. Default: 10. */
  readonly maxConnections?: number | undefined;
  /** How long a call may wait for a connection, and then for each statement. Default: 15,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * The URL of the server for the one connection that waits for notifications (LISTEN), if `connection` leads to a pooler in
   * transaction mode, which does not pass them on, or is a pool. `false`: no such connection. Without notifications, workers and
   * readers of runs see changes of other processes within a second. Default: `connection`, if it is a URL.
   */
  readonly notifications?: string | false | undefined;
}

const MAX_CONNECTIONS = 10;
const TIMEOUT_MS = 15_000;

/**
 * Opens a pool. No connection is made yet.
 *
 * @throws AxioError `invalid-argument`.
 */
export async function openPool({
  connection,
  maxConnections = MAX_CONNECTIONS,
  timeoutMs = TIMEOUT_MS,
  notifications = typeof connection === "string" ? connection : false,
}: DatabaseOptions): Promise<OpenedPool> {
  assertConnection(connection);
  if (notifications !== false) assertUrl(notifications);
  const { default: pg } = await import("pg");
  const listenUrl = notifications === false ? undefined : readUrl(notifications).url;
  const listen = (): ListeningClient =>
    new pg.Client({
      connectionString: listenUrl,
      connectionTimeoutMillis: timeoutMs,
      keepAlive: true,
      application_name: "axio notifications",
    });
  const openListener = listenUrl === undefined ? undefined : listen;
  if (typeof connection !== "string")
    return { pool: connection, place: "the given pool", openListener, close: async () => undefined };
  const { place, url } = readUrl(connection);
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    keepAlive: true,
    application_name: "axio",
  });
  // A connection that fails while it is idle is replaced by the next call.
  pool.on("error", () => undefined);
  return { pool, place, openListener, close: () => pool.end() };
}

function assertUrl(url: unknown): asserts url is string {
  if (typeof url === "string" && /^postgres(ql)?:\/\/./.test(url)) return;
  throw new AxioError(
    "invalid-argument",
    "The URL of the database must begin with postgres://, as in postgres://user:password@host:5432/database.",
  );
}

function assertConnection(connection: unknown): asserts connection is string | ConnectionPool {
  if (typeof connection === "string") return assertUrl(connection);
  if (
    typeof connection === "object" &&
    connection !== null &&
    "connect" in connection &&
    "query" in connection
  )
    return;
  throw new AxioError(
    "invalid-argument",
    "The connection must be a postgres:// URL, or a Pool of the npm package pg.",
  );
}

function readUrl(url: string): { readonly place: string; readonly url: string } {
  try {
    const { hostname, port, pathname, hash } = new URL(url);
    // A password with a `/` or `#` would be taken for the name of the database, which messages contain.
    if (pathname.includes("@") || hash !== "") throw new TypeError("Invalid URL");
    return { place: `${hostname || "localhost"}:${port || 5432}${pathname}`, url };
  } catch {
    // The error of the parser has the URL, and so the password.
    throw new AxioError(
      "invalid-argument",
      "The URL of the database is not valid. Use postgres://user:password@host:5432/database, with %40 for @, %2F for / and %23 for # in the password.",
    );
  }
}
