import { AxioError } from "axio";
import { ChangeFeed, CREDENTIALS } from "./change-feed.ts";
import { type DatabaseOptions, type OpenedPool, openPool } from "./pool.ts";
import { InterruptedCommit, isBroken, toStoreError } from "./postgres-error.ts";
import { type PooledClient, type Queries, queriesOf } from "./queries.ts";

/** How many times a transaction runs that others disturbed. */
const MAX_ATTEMPTS = 4;

/** How long a transaction may wait for its process. */
const IDLE_MS = 20_000;

/** A pool of connections. Calls fail with typed errors, and work again when the database is back. */
export class PostgresDatabase implements AsyncDisposable {
  /** The host, port and name of the database, for messages. */
  readonly place: string;
  /** @internal Tells processes about changes. */
  readonly changes: ChangeFeed;
  /** @internal Counts the changes of credentials, as `ChangeFeed.count()` does. */
  readonly credentialChanges: () => number | undefined;
  readonly #opened: OpenedPool;
  #isOpen = true;

  private constructor(opened: OpenedPool) {
    this.#opened = opened;
    this.place = opened.place;
    this.changes = new ChangeFeed(opened.openListener);
    this.credentialChanges = this.changes.count(CREDENTIALS);
  }

  /** @internal Use `openPostgres()`. */
  static async create(options: DatabaseOptions): Promise<PostgresDatabase> {
    return new PostgresDatabase(await openPool(options));
  }

  /**
   * Runs statements, each in a transaction of its own.
   *
   * @throws AxioError `store-unavailable`, `store-locked`.
   */
  query<T>(work: (sql: Queries) => Promise<T>): Promise<T> {
    return this.#withConnection((client) => work(queriesOf(client)));
  }

  /**
   * Runs a transaction: everything is stored, or nothing. It runs again if others disturbed it.
   *
   * @param attempts How often it runs at most. Default: 4.
   * @throws AxioError `store-unavailable`, `store-locked`, and the errors of `work`. If the connection fails during the
   *   commit, the message says that the outcome is unknown.
   */
  async transaction<T>(work: (sql: Queries) => Promise<T>, attempts: number = MAX_ATTEMPTS): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#withConnection((client) => transact(client, work));
      } catch (error) {
        if (!AxioError.is(error, "store-locked") || attempt >= attempts) throw error;
      }
    }
  }

  /** Closes the connections when running calls are done. A pool that was handed in stays open. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.changes.close();
    await this.#opened.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #withConnection<T>(work: (client: PooledClient) => Promise<T>): Promise<T> {
    if (!this.#isOpen)
      throw new AxioError(
        "invalid-argument",
        `The connection to ${this.place} is closed. Open it again with openPostgres().`,
      );
    try {
      const client = await this.#opened.pool.connect();
      return await useClient(client, work);
    } catch (error) {
      throw toStoreError(error, this.place);
    }
  }
}

/** Uses a connection and gives it back. One that failed is closed, since what it was doing is unknown. */
async function useClient<T>(client: PooledClient, work: (client: PooledClient) => Promise<T>): Promise<T> {
  // The statement that runs reports the error, too.
  const ignore = (): void => undefined;
  client.on("error", ignore);
  let failure: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    if (isBroken(error)) failure = error instanceof Error ? error : new Error("broken");
    throw error;
  } finally {
    client.removeListener("error", ignore);
    client.release(failure);
  }
}

/** Runs a transaction on a connection. */
export async function transact<T>(client: PooledClient, work: (sql: Queries) => Promise<T>): Promise<T> {
  // The locks of a process that is suspended or cut off must not outlive its leases.
  await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}`);
  try {
    const result = await work(queriesOf(client));
    await client.query("COMMIT").catch((error: unknown) => {
      throw isBroken(error) ? new InterruptedCommit(error) : error;
    });
    return result;
  } catch (error) {
    // A broken connection ends its transaction itself.
    if (!isBroken(error)) await client.query("ROLLBACK");
    throw error;
  }
}
