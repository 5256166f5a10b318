import { AxioError, throwIfAborted } from "axio";
import { delay } from "axio-http/internal";
import { abortable } from "./abortable.ts";
import { redactSecrets } from "./redact-secrets.ts";
import { refreshThresholds } from "./refresh-thresholds.ts";
import type { CredentialSessionOptions, SessionCallOptions } from "./session-options.ts";
import type { StoreTransaction } from "./store/credential-store.ts";
import { updateUnlessChanged } from "./store/update-unless-changed.ts";
import { mayHaveRefreshed } from "./token/response.ts";

/** After a renewal in the background failed, the next one has this long to wait, in milliseconds. */
const AHEAD_PAUSE_MS = 30_000;

/** How often in a row a credential is renewed that had ended when it came. */
const MAX_RENEWALS = 3;

/** Failures after which only a new sign-in helps. */
const TERMINAL: ReadonlySet<string> = new Set([
  "refresh-token-expired",
  "refresh-token-reused",
  "refresh-token-revoked",
  "refresh-response-lost",
  "unauthenticated",
  "account-mismatch",
]);

/**
 * Holds a credential alive: gives one that works, renews it in time and after a 401, once for all callers, under the
 * store's lock, and saves it before anybody uses it.
 *
 * A renewal first reads the store anew: where another process was faster, its credential is taken and the network is
 * left alone. A terminal failure is remembered for the very credential it befell, so that it costs no further request
 * until somebody signs in.
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
 *       accessToken: fresh.accessToken ?? old.accessToken,
 *       refreshToken: fresh.refreshToken ?? old.refreshToken,
 *       expiresAt: fresh.expiresAt ?? 0,
 *     };
 *   },
 *   expiresAt: ({ expiresAt }) => expiresAt,
 *   revision: ({ accessToken }) => accessToken,
 * });
 * const { accessToken } = await session.get({ signal });
 * ```
 */
export class CredentialSession<C extends object> {
  readonly #options: CredentialSessionOptions<C>;
  /** Renewals under way, by the revision that they replace. */
  readonly #flights = new Map<string, Promise<C>>();
  /** Renewed and not yet saved: a store that fails must not cost the sign-in, since the old token is used up. */
  #unsaved: { readonly from: string; readonly fresh: C } | undefined;
  #failure: { readonly revision: string; readonly error: AxioError } | undefined;
  /** The newest credential seen, and how long it was to last when it came in the place of another, in seconds. */
  #seen: { readonly revision: string; readonly lifetime: number | undefined } | undefined;
  /** What the newest credential says of its lifetime: reading it may mean decoding a token. */
  #said: { readonly revision: string; readonly lifetime: number | undefined } | undefined;
  #aheadPausedUntil = 0;

  constructor(options: CredentialSessionOptions<C>) {
    this.#options = options;
  }

  /**
   * Gives a credential to make a call with, renewed where it is about to end.
   *
   * @throws AxioError `unauthenticated` (nobody is signed in), `refresh-token-expired`, `refresh-token-reused`,
   *   `refresh-token-revoked`, `refresh-response-lost`, `refresh-failed`, `aborted`, and what the store throws.
   */
  async get({ signal }: SessionCallOptions = {}): Promise<C> {
    throwIfAborted(signal);
    return this.#usable(await this.#load(signal), signal);
  }

  /**
   * Gives a credential in place of one that the server has rejected with a 401: the stored one, if it is another by now,
   * or else a renewed one. Call it once per failed call, and make the call again once.
   *
   * @param rejected The credential that the call was made with.
   * @throws AxioError as {@link get}.
   */
  async handleUnauthorized(rejected: C, { signal }: SessionCallOptions = {}): Promise<C> {
    throwIfAborted(signal);
    const current = await this.#load(signal);
    const revision = this.#revision(current);
    // That one may have ended meanwhile, too.
    if (revision !== this.#revision(rejected)) return this.#usable(current, signal);
    if (this.#failure?.revision === revision) throw this.#failure.error;
    return abortable(this.#renew(current), signal);
  }

  async #load(signal: AbortSignal | undefined): Promise<C> {
    const current = await this.#options.store.load({ signal });
    if (!current) throw this.#notSignedIn();
    return current;
  }

  /** Gives a credential as it is, or a renewed one where it is about to end. */
  async #usable(loaded: C, signal: AbortSignal | undefined): Promise<C> {
    let current = loaded;
    // What another process has renewed may have ended by the time it is here. Not for ever: a clock may be wrong.
    for (let renewals = 0; renewals < MAX_RENEWALS; renewals += 1) {
      const revision = this.#revision(current);
      const lifetime = this.#lifetime(current, revision);
      const remaining = this.#remaining(current, lifetime);
      const margins = refreshThresholds(lifetime);
      if (remaining > margins.background) return current;
      if (remaining > 0 && this.#isEarly(current)) return current;
      const known = this.#failure?.revision === revision ? this.#failure.error : undefined;
      if (remaining > margins.blocking) {
        if (!known && this.#now() >= this.#aheadPausedUntil) this.#renewAhead(current);
        return current;
      }
      if (known) throw known;
      try {
        current = await abortable(this.#renew(current), signal);
      } catch (error) {
        if (!AxioError.is(error) || TERMINAL.has(error.code) || signal?.aborted || remaining <= 0)
          throw error;
        this.#warn(error);
        return current;
      }
    }
    return current;
  }

  /** How long a credential lasts from its issue, in seconds, as far as that is known. */
  #lifetime(current: C, revision: string): number | undefined {
    const isOther = this.#seen?.revision !== revision;
    // In the place of one that was seen before, it is new: somebody has renewed that one, or signed in.
    if (isOther)
      this.#see(revision, this.#seen && (this.#declared(current, revision) ?? this.#untilEnd(current)));
    return this.#seen?.lifetime ?? this.#declared(current, revision);
  }

  #declared(current: C, revision: string): number | undefined {
    if (this.#said?.revision !== revision) {
      this.#said = { revision, lifetime: this.#options.lifetime?.(current) };
    }
    return this.#said.lifetime;
  }

  /** For how long a credential is good, in seconds. */
  #remaining(current: C, lifetime: number | undefined): number {
    // New, and at its end at once: the clock is wrong, or nobody knows the lifetime. To renew it again would not end. If
    // it does not work, the server says so with a 401.
    return lifetime !== undefined && lifetime <= 0 ? Number.POSITIVE_INFINITY : this.#untilEnd(current);
  }

  #untilEnd(current: C): number {
    const expiresAt = this.#options.expiresAt(current);
    return expiresAt ? expiresAt - this.#now() / 1000 : Number.POSITIVE_INFINITY;
  }

  #isEarly(current: C): boolean {
    return (this.#options.notBefore?.(current) ?? 0) > this.#now() / 1000;
  }

  #see(revision: string, lifetime: number | undefined): void {
    this.#seen = { revision, lifetime };
  }

  #renewAhead(current: C): void {
    this.#renew(current).catch((error: unknown) => {
      this.#aheadPausedUntil = this.#now() + AHEAD_PAUSE_MS;
      this.#warn(error);
    });
  }

  #renew(stale: C): Promise<C> {
    const revision = this.#revision(stale);
    const running = this.#flights.get(revision);
    if (running !== undefined) return running;
    const flight = this.#renewOnce(revision).finally(() => this.#flights.delete(revision));
    this.#flights.set(revision, flight);
    return flight;
  }

  async #renewOnce(staleRevision: string): Promise<C> {
    const saved = await this.#update(staleRevision);
    if (!saved) throw this.#notSignedIn();
    const current = redactSecrets(saved);
    const renewed = this.#unsaved;
    if (renewed?.from === staleRevision) {
      this.#unsaved = undefined;
      // Somebody else's credential may be there by now: a new sign-in.
      if (this.#revision(renewed.fresh) === this.#revision(current)) await this.#afterRenewal(current);
    }
    return current;
  }

  async #update(staleRevision: string): Promise<C | undefined> {
    try {
      return await updateUnlessChanged(
        this.#options.store,
        (current, turn) => this.#change(current, staleRevision, turn),
        (current) => this.#revision(current) !== staleRevision,
      );
    } catch (error) {
      if (!AxioError.is(error) || !TERMINAL.has(error.code)) throw error;
      const adopted = await this.#adopt(staleRevision, error);
      if (adopted) return adopted;
      this.#failure = { revision: staleRevision, error };
      throw error;
    }
  }

  /** Runs under the store's lock, and again where another writer got between. */
  async #change(
    current: C | undefined,
    staleRevision: string,
    turn: StoreTransaction<C> | undefined,
  ): Promise<C | undefined> {
    if (!current || this.#revision(current) !== staleRevision) return current;
    if (this.#unsaved?.from === staleRevision) return this.#unsaved.fresh;
    // Stopped from here on, it may have used up the refresh token already: whoever came after it would use it again.
    if (turn?.markInFlight() === false) return current;
    const fresh = await this.#refreshMarked(current, turn);
    if (fresh === undefined) return current;
    this.#unsaved = { from: staleRevision, fresh };
    return fresh;
  }

  /** Renews it, with a mark in the store as long as nobody knows how that ends. `undefined`: the turn is lost. */
  async #refreshMarked(current: C, turn: StoreTransaction<C> | undefined): Promise<C | undefined> {
    const marked = this.#options.markRefreshing?.(current);
    if (marked !== undefined && (await turn?.save?.(marked)) === false) return undefined;
    const signal = AbortSignal.timeout(this.#options.refreshTimeoutMs ?? 60_000);
    try {
      return await this.#refreshWithin(current, signal);
    } catch (error) {
      // Where it cannot be taken back, the next failure is told less exactly, and nothing else is lost.
      if (marked !== undefined && !mayHaveRefreshed(error)) await turn?.save?.(current).catch(() => false);
      throw error;
    }
  }

  async #refreshWithin(current: C, signal: AbortSignal): Promise<C> {
    try {
      return await this.#options.refresh(current, signal);
    } catch (error) {
      if (!signal.aborted || (AxioError.is(error) && error.code !== "aborted")) throw error;
      throw new AxioError(
        "refresh-failed",
        "The sign-in could not be renewed: the server did not answer in time.",
        {
          cause: error,
          retryable: true,
        },
      );
    }
  }

  async #afterRenewal(fresh: C): Promise<void> {
    // By this machine's clock, since the next look is by that clock too.
    this.#see(this.#revision(fresh), this.#untilEnd(fresh));
    try {
      await this.#options.onRefresh?.(fresh);
    } catch (error) {
      this.#warn(error, "Telling onRefresh of the renewed sign-in failed.");
    }
  }

  /** A program that shares the credential and knows no lock may have renewed it: then its result is in the store. */
  async #adopt(staleRevision: string, error: AxioError): Promise<C | undefined> {
    const graceMs = error.code === "refresh-token-reused" ? (this.#options.reuseGraceMs ?? 1_000) : 0;
    for (const waitMs of graceMs > 0 ? [0, graceMs] : [0]) {
      if (waitMs > 0) await delay(waitMs);
      const current = await this.#options.store.load();
      if (current && this.#revision(current) !== staleRevision) return current;
    }
    return undefined;
  }

  #revision(credentials: C): string {
    return (this.#options.version ?? JSON.stringify)(credentials);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #notSignedIn(): AxioError {
    return new AxioError(
      "unauthenticated",
      `Nobody is signed in. ${this.#options.signInHint ?? "Sign in first."}`,
    );
  }

  #warn(error: unknown, what = "Renewing the sign-in ahead of time failed."): void {
    const warning = AxioError.is(error) ? error : new AxioError("refresh-failed", what, { cause: error });
    try {
      this.#options.onWarning?.(warning);
    } catch {
      // Whoever cannot take a warning must not end the call that it is about.
    }
  }
}
