import type { AxioError } from "axio";
import type { CredentialStore, Credentials } from "axio-auth";
import { defaultFetch, type FetchLike } from "axio-http";
import { ISSUER } from "../config.ts";
import { defaultStore } from "../options.ts";
import { revoke } from "./tokens.ts";

/** What {@link logout} may be told. */
export interface LogoutOptions {
  /** Where the sign-in is kept. Default: where `CodexTransport` looks. */
  readonly store?: CredentialStore<Credentials>;
  /** Who issued the tokens: https, or http on this machine only. Default `https://auth.openai.com`. */
  readonly issuer?: string | URL;
  /** Makes every request. Default: the global `fetch`, or one that heeds the proxy variables of the surroundings. */
  readonly fetch?: FetchLike;
  readonly signal?: AbortSignal;
}

/** What a sign-out did. */
export interface LogoutResult {
  /** Whether there was a sign-in to delete. */
  readonly signedOut: boolean;
  /** Whether the server confirmed that the tokens are worthless now. */
  readonly revoked: boolean;
  /** Why it did not. The tokens then work until they end; nobody has them any more but whoever copied them. */
  readonly error?: AxioError;
}

/**
 * Signs out: tells the server that the tokens are no longer wanted, waits ten seconds at the most, and deletes them in
 * any case.
 *
 * @throws AxioError `store-unavailable`, `store-locked`, `credentials-malformed`.
 */
export async function logout(options: LogoutOptions = {}): Promise<LogoutResult> {
  const store = options.store ?? defaultStore();
  let current: Credentials | undefined;
  let error: AxioError | undefined;
  // Under the lock, so that no renewal gets between and brings back what was revoked.
  await store.update(async (stored) => {
    current = stored;
    if (stored !== undefined) {
      error = await revoke(
        stored,
        { issuer: options.issuer ?? ISSUER, fetch: options.fetch ?? defaultFetch() },
        options.signal,
      );
    }
    return undefined;
  });
  if (current === undefined) return { signedOut: false, revoked: false };
  return { signedOut: true, revoked: error === undefined, ...(error === undefined ? {} : { error }) };
}
