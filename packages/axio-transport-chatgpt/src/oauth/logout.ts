import { AxioError } from "axio";
import type { LogoutResult } from "axio/plugin";
import { type CredentialStore, revokeToken } from "axio-auth";
import type { FetchLike } from "axio-http";
import { delay } from "axio-http/internal";
import { MAX_REVOKE_ATTEMPTS, REVOKE_BACKOFF_MS, REVOKE_TIMEOUT_MS } from "../config.ts";
import { type ChatGPTCredentials, endedRegistration } from "../credentials.ts";
import { defaultStore } from "../profile-store.ts";
import { SignInServer } from "./sign-in-server.ts";

/** Options of {@link logout}. */
export interface LogoutOptions {
  /** Default: the store that `ChatGPTTransport` uses. */
  readonly store?: CredentialStore<ChatGPTCredentials> | undefined;
  /**
   * Also deletes the registration. The next sign-in then registers the app again, and the old registration stays in the
   * user's list in ChatGPT. Default: `false`.
   */
  readonly forgetRegistration?: boolean | undefined;
  /** The sign-in server: https, or http on a loopback address. Default: `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
  /** Default: the global `fetch`, or one that uses the proxy of the environment. */
  readonly fetch?: FetchLike | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Signs out: revokes the refresh token, in up to three attempts, and deletes the tokens even if the server does not confirm
 * it. The registration stays, so that the next sign-in of the account does not register again.
 *
 * @throws AxioError `store-unavailable`, `store-locked`, `credentials-malformed`, `invalid-argument` (another server issued
 *   the tokens).
 */
export async function logout(options: LogoutOptions = {}): Promise<LogoutResult> {
  const { store = defaultStore(), forgetRegistration = false } = options;
  const server = new SignInServer(options);
  let result: LogoutResult = { signedOut: false, revoked: false };
  // Under the lock, so that no refresh restores what was revoked.
  await store.update(async (current) => {
    server.assertOwn(current);
    if (current === undefined) return undefined;
    if (current.accessToken + current.refreshToken + (current.idToken ?? "") === "") {
      return forgetRegistration ? undefined : current;
    }
    const error = await revoke(current, server, options.signal);
    const revoked = error === undefined && current.refreshToken !== "";
    result = { signedOut: true, revoked, error };
    return forgetRegistration ? undefined : endedRegistration(current, { by: "sign-out", revoked });
  });
  return result;
}

const UNCONFIRMED = "To be sure, disconnect the app in the settings of ChatGPT.";

/** Revokes a sign-in. Returns the error if it failed, otherwise `undefined`. */
export async function revoke(
  { clientId, refreshToken }: ChatGPTCredentials,
  server: SignInServer,
  signal: AbortSignal | undefined,
): Promise<AxioError | undefined> {
  if (refreshToken === "") return undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { revocationEndpoint } = await server.metadata(signal);
      if (revocationEndpoint === undefined) return unconfirmed("The server does not support revocation.");
      await revokeToken({
        url: revocationEndpoint,
        clientId,
        token: refreshToken,
        tokenTypeHint: "refresh_token",
        fetch: server.fetch,
        timeoutMs: REVOKE_TIMEOUT_MS,
        signal,
      });
      return undefined;
    } catch (error) {
      if (!AxioError.is(error)) return unconfirmed("The revocation failed.", error);
      if (!error.retryable || attempt === MAX_REVOKE_ATTEMPTS || signal?.aborted) {
        return unconfirmed(error.message, error);
      }
      await delay(REVOKE_BACKOFF_MS * 2 ** (attempt - 1), signal).catch(() => undefined);
    }
  }
}

function unconfirmed(problem: string, cause?: unknown): AxioError {
  const { code = "login-failed", details, retryable } = AxioError.is(cause) ? cause : {};
  return new AxioError(code, `${problem} ${UNCONFIRMED}`, { cause, details, retryable });
}
