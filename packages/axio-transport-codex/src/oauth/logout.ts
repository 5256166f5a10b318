import type { AxioError } from "axio";
import type { LogoutResult } from "axio/plugin";
import type { CredentialStore } from "axio-auth";
import { defaultFetch, type FetchLike } from "axio-http";
import { ISSUER } from "../config.ts";
import type { Credentials } from "../credentials.ts";
import { defaultStore } from "../stored-credentials.ts";
import { revoke } from "./tokens.ts";

/** Options of {@link logout}. */
export interface LogoutOptions {
  /** Default: the store that `CodexTransport` uses. */
  readonly store?: CredentialStore<Credentials> | undefined;
  /** The sign-in server: https, or http on a loopback address. Default: `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
  /** Default: the global `fetch`, or one that uses the proxy of the environment. */
  readonly fetch?: FetchLike | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Signs out. See `logout` of the package. */
export async function logout(options: LogoutOptions = {}): Promise<LogoutResult> {
  const store = options.store ?? defaultStore();
  let current: Credentials | undefined;
  let error: AxioError | undefined;
  // Under the lock, so that no refresh restores what was revoked.
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
  return { signedOut: true, revoked: error === undefined, error };
}
