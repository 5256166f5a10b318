import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { AxioError, throwIfAborted } from "axio";
import type { CredentialFormat, CredentialStore, StoreCallOptions, StoreChange } from "axio-auth";
import { decodeText, updateLocked } from "axio-auth/internal";
import type { PostgresDatabase } from "../database/database.ts";
import { type ClaimContext, ClaimedText, locationOf } from "./claimed-text.ts";
import { claimCredential, readCredential, readRevision } from "./credential-rows.ts";
import { keysFromEnvironment } from "./keys.ts";
import { type Encryption, unseal } from "./seal.ts";

/** Options of {@link PostgresCredentialStore}. */
export interface PostgresCredentialStoreOptions<C extends object> {
  /** Which credentials of the space, such as `"codex"` or the id of a user. */
  readonly id: string;
  readonly format: CredentialFormat<C>;
  /** The tenant. Default: `""`. */
  readonly space?: string | undefined;
  /**
   * The keys that encrypt the credentials, the same on all machines: `fixedKeys()`, or a provider for a key management service.
   * Default: the variable `AXIO_STORE_KEY`. `"none"` stores readable tokens, also in backups and on standbys.
   */
  readonly encryption?: Encryption | undefined;
  /**
   * How long a machine may hold the right to refresh. Needs a quarter more than the timeout of a refresh (60,000 by default).
   * If a machine dies meanwhile, the others wait for the rest. Default: 75,000.
   */
  readonly claimMs?: number | undefined;
  /** How long to wait for another machine's claim. Default: 120,000. */
  readonly lockTimeoutMs?: number | undefined;
  /**
   * Credentials of "Sign in with ChatGPT" may be kept only where the user controls the machine. This says so for the database,
   * and names the one host that refreshes them; the others use what it stores.
   */
  readonly userControlsThisDatabase?:
    | { readonly refreshedBy: string; readonly host?: string | undefined }
    | undefined;
  /** A monotonic clock, in milliseconds. Default: `performance.now`. */
  readonly clock?: (() => number) | undefined;
}

interface Cached<C> {
  readonly revision: number;
  readonly credentials: C | undefined;
}

/** When the cached credentials were those of the database, and after how many changes. */
interface Check {
  readonly at: number;
  readonly changes: number | undefined;
}

const CLAIM_MS = 75_000;
/** How long known credentials are used without a question if no change of them is heard. A connection may be silent. */
const CHECK_MS = 30_000;
const LOCK_TIMEOUT_MS = 120_000;
const FIRST_POLL_MS = 100;
const MAX_POLL_MS = 2_000;
const POLL_GROWTH = 1.5;

/** The failures that other machines need not see for themselves. */
const TERMINAL: ReadonlySet<string> = new Set([
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
]);

/**
 * Stores credentials in PostgreSQL, encrypted. Of all machines that share them, one refreshes at a time: it claims the row
 * until a deadline by the database's clock, sends the request without a transaction or a connection, and saves if the claim
 * and the revision are still its own. The others wait without a connection.
 *
 * A failure after which only a new sign-in helps is stored with the credentials: no other machine asks the server again.
 *
 * The constructor throws AxioError `invalid-argument` without a key, for an invalid option, and for credentials that may not
 * leave the user's machine.
 *
 * @example
 * ```ts
 * import { openPostgres, PostgresCredentialStore } from "axio-postgres";
 * import { CODEX_CREDENTIAL_FORMAT, CodexTransport } from "axio-transport-codex";
 *
 * const database = await openPostgres({ connection: "postgres://axio:secret@db.example.com/axio" });
 * const credentials = new PostgresCredentialStore(database, { id: "codex", format: CODEX_CREDENTIAL_FORMAT });
 * const shared = new CodexTransport({ credentials });
 * ```
 */
export class PostgresCredentialStore<C extends object> implements CredentialStore<C> {
  readonly #context: ClaimContext<C>;
  readonly #lockTimeoutMs: number;
  readonly #owner: string;
  /** Thrown if another host refreshes these credentials. */
  readonly #otherHost: AxioError | undefined;
  #cached: Cached<C> | undefined;
  #checked: Check | undefined;
  /** Running updates that wait for a claim. They keep the cache fresh. */
  #waiting = 0;

  constructor(database: PostgresDatabase, options: PostgresCredentialStoreOptions<C>) {
    const { id, format, space = "", userControlsThisDatabase: control } = options;
    if (typeof id !== "string" || id === "")
      throw new AxioError(
        "invalid-argument",
        "The credentials have no `id`. Name them, such as by the user.",
      );
    if (format.isPersonal === true && control === undefined) throw personalCredentials(id);
    const host = control?.host ?? hostname();
    this.#owner = `${host}:${process.pid}`;
    this.#otherHost =
      control === undefined || control.refreshedBy === host
        ? undefined
        : otherHostRefreshes(control.refreshedBy);
    const { claimMs = CLAIM_MS, lockTimeoutMs = LOCK_TIMEOUT_MS } = options;
    assertMilliseconds("claimMs", claimMs, 1);
    assertMilliseconds("lockTimeoutMs", lockTimeoutMs, 0);
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#context = {
      database,
      key: { space, id },
      format,
      encryption: options.encryption ?? keysFromEnvironment(),
      claimMs,
      clock: options.clock ?? (() => performance.now()),
      assertMayRefresh: () => {
        if (this.#otherHost !== undefined) throw this.#otherHost;
      },
    };
  }

  /**
   * Returns the credentials: one query for the revision if they are known, and one for a new value. No query if they are known,
   * and the process would have heard of a change: if it has a worker or reader of durable runs that waits for notifications.
   *
   * @throws AxioError `store-unavailable` (also a missing key), `credentials-malformed`.
   */
  async load({ signal }: StoreCallOptions = {}): Promise<C | undefined> {
    throwIfAborted(signal);
    // The update that waits has just asked.
    if (this.#cached !== undefined && (this.#waiting > 0 || this.#isChecked()))
      return this.#cached.credentials;
    return this.#read();
  }

  async update(change: StoreChange<C>, { signal }: StoreCallOptions = {}): Promise<C | undefined> {
    const { key, database, format } = this.#context;
    this.#checked = undefined;
    let claimed: ClaimedText<C> | undefined;
    try {
      const credentials = await updateLocked<C>({
        lock: async () => {
          claimed = await this.#claim(signal);
          return claimed;
        },
        format,
        location: locationOf(key, database),
        change: async (current, transaction) => {
          try {
            return await change(current, transaction);
          } catch (error) {
            if (AxioError.is(error) && TERMINAL.has(error.code) && !error.retryable)
              await claimed?.fail({ code: error.code, message: error.message }).catch(() => undefined);
            throw error;
          }
        },
      });
      if (claimed !== undefined) this.#cached = { revision: claimed.revision, credentials };
      return credentials;
    } catch (error) {
      const otherHost = this.#otherHost;
      if (claimed === undefined || otherHost === undefined || error !== otherHost) throw error;
      await this.#waitForRevisionAfter(claimed.revision, otherHost, signal);
      return this.update(change, { signal });
    }
  }

  #isChecked(): boolean {
    const { database, clock } = this.#context;
    if (this.#checked === undefined || clock() - this.#checked.at > CHECK_MS) return false;
    const changes = database.credentialChanges();
    return changes !== undefined && changes === this.#checked.changes;
  }

  async #read(): Promise<C | undefined> {
    const { database, key, format, encryption, clock } = this.#context;
    const cached = this.#cached;
    const checked = { at: clock(), changes: database.credentialChanges() };
    if (cached !== undefined && (await database.query((sql) => readRevision(sql, key))) === cached.revision) {
      this.#checked = checked;
      return cached.credentials;
    }
    const { revision, sealed } = await database.query((sql) => readCredential(sql, key));
    const text = sealed && (await unseal(sealed, { ...key, revision }, encryption));
    const credentials: C | undefined =
      text === undefined ? undefined : decodeText(text, format, locationOf(key, database)).credentials;
    this.#cached = { revision, credentials };
    this.#checked = checked;
    return credentials;
  }

  /** Claims the row, as soon as no other claim exists. */
  async #claim(signal: AbortSignal | undefined): Promise<ClaimedText<C>> {
    const { database, key, claimMs, clock } = this.#context;
    const endsAt = clock() + this.#lockTimeoutMs;
    let pollMs = FIRST_POLL_MS;
    this.#waiting += 1;
    try {
      for (;;) {
        throwIfAborted(signal);
        const askedAt = clock();
        const row = await database.query((sql) => claimCredential(sql, key, { owner: this.#owner, claimMs }));
        if (row !== undefined) return new ClaimedText(this.#context, row, askedAt);
        if (clock() > endsAt) break;
        // If the value cannot be read, the holder of the claim may replace it.
        await this.#read().catch(() => undefined);
        await pause(pollMs, signal);
        pollMs = Math.min(pollMs * POLL_GROWTH, MAX_POLL_MS);
      }
    } finally {
      this.#waiting -= 1;
    }
    throw new AxioError(
      "store-locked",
      `Another machine has been changing the credentials in ${locationOf(key, database)} for ${this.#lockTimeoutMs} ms. Try again.`,
      { retryable: true },
    );
  }

  /** Waits until the host that refreshes has stored another revision. Throws `error` if it does not. */
  async #waitForRevisionAfter(
    revision: number,
    error: AxioError,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { database, key, clock } = this.#context;
    const endsAt = clock() + this.#lockTimeoutMs;
    while ((await database.query((sql) => readRevision(sql, key))) === revision) {
      if (clock() > endsAt) throw error;
      await pause(MAX_POLL_MS, signal);
    }
  }
}

/** Waits, with a jitter that spreads machines. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms * (0.5 + Math.random() / 2), undefined, signal && { signal }).catch(() => undefined);
  throwIfAborted(signal);
}

function assertMilliseconds(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new AxioError("invalid-argument", `${name} is ${value}. Use whole milliseconds, from ${least} on.`);
}

function personalCredentials(id: string): AxioError {
  return new AxioError(
    "invalid-argument",
    `The terms of the provider allow the credentials ${JSON.stringify(id)} only on machines of their user, and no service may keep them. If the user controls this database, say so with \`userControlsThisDatabase\`, and name the one host that refreshes them.`,
  );
}

function otherHostRefreshes(host: string): AxioError {
  return new AxioError(
    "refresh-failed",
    `The sign-in has expired. Only the host ${host} refreshes it, and has not done so yet. Check that a process with this sign-in runs there.`,
    { retryable: true },
  );
}
