import { AxioError, throwIfAborted } from "axio";
import { abortable, delay, withTimeout } from "axio-http/internal";
import { redactSecrets } from "./redact-secrets.ts";
import { refreshThresholds } from "./refresh-thresholds.ts";
import type { CredentialSessionOptions, SessionCallOptions } from "./session-options.ts";
import type { StoreTransaction } from "./store/credential-store.ts";
import { updateUnlessChanged } from "./store/update-unless-changed.ts";
import { asLostResponse, mayHaveRefreshed } from "./token/response.ts";

/** The delay after a failed refresh in the background, in milliseconds. */
const BACKGROUND_BACKOFF_MS = 30_000;

/** How many times in a row credentials are refreshed that arrive expired. */
const MAX_REFRESHES = 3;

/** The error codes after which only a new sign-in helps. */
const PERMANENT: ReadonlySet<string> = new Set([
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
  "unauthenticated",
  "account-mismatch",
]);

/**
 * Returns valid credentials: refreshes them before they expire and after a 401, once for all callers, under the lock of the
 * store, and saves them before they are used.
 *
 * Before a refresh, the store is read again: if another process was faster, its credentials are used without a request. A
 * permanent failure is remembered for the credentials that it concerns, so that it costs no further request until the next
 * sign-in.
 *
 * @example
 * ```ts
 * import { CredentialSession, refreshToken } from "axio-auth";
 *
 * const server = { url: "https://login.example.com/token", clientId: "my-client" };
 * const session = new CredentialSession({
 *   store,
 *   refresh: async (old, signal) => {
 *     const fresh = await refreshToken({ ...server, refreshToken: old.refreshToken, signal });
 *     return {
 *       ...old,
 *       accessToken: fresh.accessToken,
 *       refreshToken: fresh.refreshToken ?? old.refreshToken,
 *       expiresAt: fresh.expiresAt ?? 0,
 *     };
 *   },
 *   expiresAt: ({ expiresAt }) => expiresAt,
 *   version: ({ accessToken }) => accessToken,
 * });
 * const { accessToken } = await session.get({ signal });
 * ```
 */
export class CredentialSession<C extends object> {
  readonly #options: CredentialSessionOptions<C>;
  /** Running refreshes, by the version that they replace. */
  readonly #refreshes = new Map<string, Promise<C>>();
  /** Refreshed but not yet saved. If saving fails, the next attempt saves them: the old refresh token is used up. */
  #unsaved: { readonly replaces: string; readonly credentials: C } | undefined;
  #failure: { readonly version: string; readonly error: AxioError } | undefined;
  /** The lifetime of the newest credentials. */
  #newest: { readonly version: string; readonly lifetimeMs: number | undefined } | undefined;
  #noBackgroundRefreshUntil = 0;
  /** The version of which a refresh may have succeeded although its response was lost. */
  #lostVersion: string | undefined;

  constructor(options: CredentialSessionOptions<C>) {
    this.#options = options;
  }

  /**
   * Returns credentials for a request, refreshed if they are about to expire.
   *
   * @throws AxioError `unauthenticated` (no sign-in), `refresh-token-expired`, `refresh-token-reused`,
   *   `refresh-token-revoked`, `refresh-response-lost`, `refresh-failed`, `aborted`, and the errors of the store.
   */
  async get({ signal }: SessionCallOptions = {}): Promise<C> {
    throwIfAborted(signal);
    return this.#ensureValid(await this.#load(signal), signal);
  }

  /**
   * Replaces credentials that the server rejected with a 401: by the stored ones if they are different, otherwise by
   * refreshed ones. Call it once for each failed request, and repeat the request once.
   *
   * @param rejected The credentials of the failed request.
   * @throws AxioError like {@link get}.
   */
  async handleUnauthorized(rejected: C, { signal }: SessionCallOptions = {}): Promise<C> {
    throwIfAborted(signal);
    const current = await this.#load(signal);
    const version = this.#version(current);
    if (version !== this.#version(rejected)) return this.#ensureValid(current, signal);
    if (this.#failure?.version === version) throw this.#failure.error;
    return abortable(this.#refresh(current), signal);
  }

  async #load(signal: AbortSignal | undefined): Promise<C> {
    const current = await this.#options.store.load({ signal });
    if (!current) throw this.#notSignedIn();
    return current;
  }

  /** Returns the credentials, or refreshed ones if they are about to expire. */
  async #ensureValid(loaded: C, signal: AbortSignal | undefined): Promise<C> {
    let current = loaded;
    // Credentials that another process refreshed may have expired on arrival. Limited, because a clock may be wrong.
    for (let refreshes = 0; refreshes < MAX_REFRESHES; refreshes += 1) {
      const version = this.#version(current);
      const lifetimeMs = this.#lifetimeMs(current, version);
      const remainingMs = this.#remainingMs(current, lifetimeMs);
      const { blockingMs, backgroundMs } = refreshThresholds(lifetimeMs);
      if (remainingMs > backgroundMs || (remainingMs > 0 && this.#isTooEarly(current))) return current;
      const failure = this.#failure?.version === version ? this.#failure.error : undefined;
      if (remainingMs > blockingMs) {
        if (!failure && this.#now() >= this.#noBackgroundRefreshUntil) this.#refreshInBackground(current);
        return current;
      }
      if (failure) throw failure;
      try {
        current = await abortable(this.#refresh(current), signal);
      } catch (error) {
        if (!AxioError.is(error) || PERMANENT.has(error.code) || signal?.aborted || remainingMs <= 0)
          throw error;
        this.#warn(error);
        return current;
      }
    }
    return current;
  }

  #lifetimeMs(current: C, version: string): number | undefined {
    if (this.#newest?.version !== version) {
      // Credentials that replace others have just been issued, so their whole lifetime remains.
      const untilExpiryMs = this.#newest && this.#untilExpiryMs(current);
      this.#newest = { version, lifetimeMs: this.#options.lifetimeMs?.(current) ?? untilExpiryMs };
    }
    return this.#newest.lifetimeMs;
  }

  #remainingMs(current: C, lifetimeMs: number | undefined): number {
    // Issued and already expired: the clock is wrong. Refreshing would never end, so they are used until a 401.
    if (lifetimeMs !== undefined && lifetimeMs <= 0) return Number.POSITIVE_INFINITY;
    return this.#untilExpiryMs(current);
  }

  #untilExpiryMs(current: C): number {
    const expiresAt = this.#options.expiresAt(current);
    return expiresAt ? expiresAt - this.#now() : Number.POSITIVE_INFINITY;
  }

  #isTooEarly(current: C): boolean {
    return (this.#options.earliestRefreshAt?.(current) ?? 0) > this.#now();
  }

  #refreshInBackground(current: C): void {
    this.#refresh(current).catch((error: unknown) => {
      this.#noBackgroundRefreshUntil = this.#now() + BACKGROUND_BACKOFF_MS;
      this.#warn(error);
    });
  }

  #refresh(stale: C): Promise<C> {
    const version = this.#version(stale);
    const running = this.#refreshes.get(version);
    if (running !== undefined) return running;
    const refresh = this.#refreshOnce(version).finally(() => this.#refreshes.delete(version));
    this.#refreshes.set(version, refresh);
    return refresh;
  }

  async #refreshOnce(staleVersion: string): Promise<C> {
    const saved = await this.#updateStore(staleVersion);
    if (!saved) throw this.#notSignedIn();
    const current = redactSecrets(saved);
    const refreshed = this.#unsaved;
    if (refreshed?.replaces === staleVersion) {
      this.#unsaved = undefined;
      // A new sign-in may have replaced them.
      if (this.#version(refreshed.credentials) === this.#version(current))
        await this.#notifyRefreshed(current);
    }
    return current;
  }

  async #updateStore(staleVersion: string): Promise<C | undefined> {
    try {
      return await updateUnlessChanged(
        this.#options.store,
        (current, transaction) => this.#refreshStored(current, staleVersion, transaction),
        (current) => this.#version(current) !== staleVersion,
      );
    } catch (error) {
      if (!AxioError.is(error) || !PERMANENT.has(error.code)) throw error;
      const newer = await this.#loadNewer(staleVersion, error);
      if (newer) return newer;
      this.#failure = { version: staleVersion, error };
      throw error;
    }
  }

  /** Runs under the lock of the store, and again if another writer interfered. */
  async #refreshStored(
    current: C | undefined,
    staleVersion: string,
    transaction: StoreTransaction<C> | undefined,
  ): Promise<C | undefined> {
    if (!current || this.#version(current) !== staleVersion) return current;
    if (this.#unsaved?.replaces === staleVersion) return this.#unsaved.credentials;
    // If this process is suspended from here on, no other process may use the same refresh token.
    if (transaction?.markInFlight() === false) return current;
    await this.#reserveSpace(transaction);
    const credentials = await this.#refreshMarked(current, transaction);
    if (credentials === undefined) return current;
    this.#unsaved = { replaces: staleVersion, credentials };
    return credentials;
  }

  /** Proves that new credentials can be saved. Afterwards the refresh token is used up. */
  async #reserveSpace(transaction: StoreTransaction<C> | undefined): Promise<void> {
    try {
      await transaction?.reserve?.();
    } catch (error) {
      if (!AxioError.is(error)) throw error;
      const { code, message, details, retryable } = error;
      throw new AxioError(
        code,
        `The sign-in was not refreshed, because the result could not be saved. ${message}`,
        { cause: error, details, retryable },
      );
    }
  }

  /** Refreshes with a mark in the store while the outcome is unknown. `undefined` if the transaction is lost. */
  async #refreshMarked(current: C, transaction: StoreTransaction<C> | undefined): Promise<C | undefined> {
    const marked = this.#options.markRefreshing?.(current);
    if (marked !== undefined && (await transaction?.save?.(marked)) === false) return undefined;
    try {
      return await this.#requestRefresh(current);
    } catch (error) {
      // A mark that stays makes only the next error less exact.
      if (marked !== undefined && !mayHaveRefreshed(error))
        await transaction?.save?.(current).catch(() => false);
      throw error;
    }
  }

  async #requestRefresh(current: C): Promise<C> {
    const version = this.#version(current);
    try {
      return await this.#refreshInTime(current);
    } catch (error) {
      if (mayHaveRefreshed(error)) this.#lostVersion = version;
      throw this.#lostVersion === version ? asLostResponse(error) : error;
    }
  }

  #refreshInTime(current: C): Promise<C> {
    return withTimeout(this.#options.refreshTimeoutMs ?? 60_000, undefined, async (signal, isOver) => {
      try {
        return await this.#options.refresh(current, signal);
      } catch (error) {
        if (!isOver() || (AxioError.is(error) && error.code !== "aborted")) throw error;
        const message = "The sign-in could not be refreshed: the server did not respond in time. Try again.";
        throw new AxioError("refresh-failed", message, { cause: error, retryable: true });
      }
    });
  }

  async #notifyRefreshed(credentials: C): Promise<void> {
    // Measured by the local clock, like the remaining time.
    this.#newest = { version: this.#version(credentials), lifetimeMs: this.#untilExpiryMs(credentials) };
    try {
      await this.#options.onRefresh?.(credentials);
    } catch (error) {
      this.#warn(error, "The onRefresh callback failed.");
    }
  }

  /** Loads credentials that a program without this lock may have refreshed. */
  async #loadNewer(staleVersion: string, { code }: AxioError): Promise<C | undefined> {
    const graceMs = code === "refresh-token-reused" ? (this.#options.reuseGraceMs ?? 1_000) : 0;
    for (const waitMs of graceMs > 0 ? [0, graceMs] : [0]) {
      if (waitMs > 0) await delay(waitMs);
      const current = await this.#options.store.load();
      if (current && this.#version(current) !== staleVersion) return current;
    }
    return undefined;
  }

  #version(credentials: C): string {
    return (this.#options.version ?? JSON.stringify)(credentials);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #notSignedIn(): AxioError {
    return new AxioError(
      "unauthenticated",
      `You are not signed in. ${this.#options.signInHint ?? "Sign in first."}`,
    );
  }

  #warn(error: unknown, message = "The sign-in could not be refreshed in the background."): void {
    const warning = AxioError.is(error) ? error : new AxioError("refresh-failed", message, { cause: error });
    try {
      this.#options.onWarning?.(warning);
    } catch {
      // A failing callback must not end the call.
    }
  }
}
