import type { AxioError } from "axio";
import type { CredentialStore } from "./store/credential-store.ts";

/** Options of `CredentialSession`. */
export interface CredentialSessionOptions<C extends object> {
  readonly store: CredentialStore<C>;
  /**
   * Asks the server for a new credential, and gives it whole (what the answer left out is taken from the old one).
   * Throws `refresh-token-expired`, `-reused`, `-revoked`, `unauthenticated` or `account-mismatch` where only a new
   * sign-in helps; any other error is passing.
   */
  readonly refresh: (credentials: C, signal: AbortSignal) => Promise<C>;
  /** When the access token ends, in Unix seconds; `undefined` or 0 where unknown: then only a 401 renews it. */
  readonly expiresAt: (credentials: C) => number | undefined;
  /**
   * How long the access token lasts from its issue to its end, in seconds, where the credential tells; `undefined` where
   * it does not. Needed where tokens live for minutes and several processes share them: without it, a process takes a
   * token that another one has renewed a moment ago for one that is about to end.
   */
  readonly lifetime?: ((credentials: C) => number | undefined) | undefined;
  /**
   * What tells two token sets apart, such as the access token. Default: all of the credential. It stays inside the
   * session.
   */
  readonly version?: ((credentials: C) => string) | undefined;
  /**
   * Marks a credential whose renewal is about to be asked for. It is saved, where the store can, before the request goes
   * out, and taken back where the request cannot have worked: so what `refresh` is given tells whether the answer to an
   * earlier request was lost. `revision` must not depend on it. Default: nothing is marked.
   */
  readonly markRefreshing?: ((credentials: C) => C) | undefined;
  /**
   * Before when a credential that still holds is not to be renewed ahead of its end, in Unix seconds. It is no reason
   * to keep one that has ended, or that was rejected. Default: `undefined`, at any time.
   */
  readonly notBefore?: ((credentials: C) => number | undefined) | undefined;
  /** Awaited with a new credential after it was saved. Its failure goes to `onWarning`. */
  readonly onRefresh?: ((credentials: C) => void | Promise<void>) | undefined;
  /** Told of failures that do not end a call: of `onRefresh`, or of a renewal ahead of time. */
  readonly onWarning?: ((error: AxioError) => void) | undefined;
  /** The sentence that says how to sign in, for error messages. Default `"Sign in first."`. */
  readonly signInHint?: string | undefined;
  /** The present, in Unix milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** How long one renewal may take, in milliseconds. Default 60,000. */
  readonly refreshTimeoutMs?: number | undefined;
  /**
   * How long to wait, after the server called the refresh token used up, for another program to save the new one, in
   * milliseconds. Default 1,000.
   */
  readonly reuseGraceMs?: number | undefined;
}

/** How a call on a session may be ended early. A renewal that others wait for goes on. */
export interface SessionCallOptions {
  readonly signal?: AbortSignal | undefined;
}
