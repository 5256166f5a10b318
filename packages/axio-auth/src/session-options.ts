import type { AxioError } from "axio";
import type { CredentialStore } from "./store/credential-store.ts";

/** Options of `CredentialSession`. */
export interface CredentialSessionOptions<C extends object> {
  readonly store: CredentialStore<C>;
  /**
   * Requests new credentials and returns them complete: what the response omits is taken from the old ones. Throws
   * `refresh-token-expired`, `refresh-token-reused`, `refresh-token-revoked`, `refresh-response-lost`, `unauthenticated` or
   * `account-mismatch` if only a new sign-in helps. All other errors count as transient.
   */
  readonly refresh: (credentials: C, signal: AbortSignal) => Promise<C>;
  /** When the access token expires, in Unix milliseconds. 0 or `undefined` if unknown: then only a 401 leads to a refresh. */
  readonly expiresAt: (credentials: C) => number | undefined;
  /**
   * The time from issue to expiry of the access token, if the credentials state it. Needed if tokens last for minutes and
   * processes share them: otherwise a process refreshes a token that another process has just refreshed.
   */
  readonly lifetimeMs?: ((credentials: C) => number | undefined) | undefined;
  /**
   * Distinguishes two token sets, for example by the access token. Default: the JSON of the credentials. Is not logged or
   * stored.
   */
  readonly version?: ((credentials: C) => string) | undefined;
  /**
   * Marks credentials before a refresh request. The mark is saved before the request, if the store supports it, and removed
   * if the request certainly failed. So `refresh` can tell that the response to an earlier request was lost. `version`
   * must not depend on the mark. Default: no mark.
   */
  readonly markRefreshing?: ((credentials: C) => C) | undefined;
  /**
   * The earliest time for a refresh before expiry, in Unix milliseconds. Expired and rejected credentials are refreshed
   * regardless. Default: at any time.
   */
  readonly earliestRefreshAt?: ((credentials: C) => number | undefined) | undefined;
  /** Called with new credentials after they were saved, and awaited. If it fails, `onWarning` is called. */
  readonly onRefresh?: ((credentials: C) => void | Promise<void>) | undefined;
  /** Called for failures that do not end a call: of `onRefresh`, or of a refresh in the background. */
  readonly onWarning?: ((error: AxioError) => void) | undefined;
  /** How to sign in, for error messages. Default: `"Sign in first."`. */
  readonly signInHint?: string | undefined;
  /** The current time in Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** The timeout of a refresh. Default: 60,000. */
  readonly refreshTimeoutMs?: number | undefined;
  /**
   * How long another program may take to save new credentials after the server reported that the refresh token was used.
   * Default: 1,000.
   */
  readonly reuseGraceMs?: number | undefined;
}

/** Options of the calls of a `CredentialSession`. */
export interface SessionCallOptions {
  /** Aborts the call. A refresh that other callers wait for continues. */
  readonly signal?: AbortSignal | undefined;
}
