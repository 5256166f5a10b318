import { AxioError } from "axio";
import { type CredentialStore, revokeToken } from "axio-auth";
import { delay, type FetchLike } from "axio-http";
import { REVOKE_PAUSE_MS, REVOKE_TIMEOUT_MS, REVOKE_TRIES } from "../config.ts";
import { type ChatGPTCredentials, endedRegistration } from "../credentials.ts";
import { defaultStore } from "../profile-store.ts";
import { SignInServer } from "./sign-in-server.ts";

/** What {@link logout} may be told. */
export interface LogoutOptions {
  /** Where the sign-in is kept. Default: where `ChatGPTTransport` looks. */
  readonly store?: CredentialStore<ChatGPTCredentials>;
  /**
   * Forgets the registration as well. The next sign-in then registers the app anew, which leaves the old one in the
   * person's list in ChatGPT. Default `false`: it is used again.
   */
  readonly forget?: boolean;
  /** Who issued the tokens: https, or http on this machine only. Default `https://auth.openai.com`. */
  readonly issuer?: string | URL;
  /** Makes every request. Default: the global `fetch`, or one that heeds the proxy variables of the surroundings. */
  readonly fetch?: FetchLike;
  readonly signal?: AbortSignal;
}

/** What a sign-out did. */
export interface LogoutResult {
  /** Whether there was a sign-in to end. */
  readonly signedOut: boolean;
  /** Whether the server confirmed that the refresh token is worthless now. */
  readonly revoked: boolean;
  /** Why it did not. Nobody here has the tokens any more; the person can disconnect the app in the settings of ChatGPT. */
  readonly error?: AxioError;
}

/**
 * Signs out: tells the server, which it tries three times, and deletes the tokens in any case. The registration stays,
 * so that the next sign-in of the account does not register again.
 *
 * @throws AxioError `store-unavailable`, `store-locked`, `credentials-malformed`, `invalid-argument` (the sign-in is
 *   another issuer's).
 */
export async function logout(options: LogoutOptions = {}): Promise<LogoutResult> {
  const { store = defaultStore(), forget = false } = options;
  const server = new SignInServer(options);
  let result: LogoutResult = { signedOut: false, revoked: false };
  // Under the lock, so that no renewal gets between and brings back what was revoked.
  await store.update(async (current) => {
    server.assertOwn(current);
    if (current === undefined) return undefined;
    if (current.accessToken + current.refreshToken + (current.idToken ?? "") === "") {
      return forget ? undefined : current;
    }
    const error = await revoke(current, server, options.signal);
    const revoked = error === undefined && current.refreshToken !== "";
    result = { signedOut: true, revoked, ...(error === undefined ? {} : { error }) };
    return forget ? undefined : endedRegistration(current, { by: "sign-out", revoked });
  });
  return result;
}

const UNCONFIRMED = "To be sure, disconnect the app in the settings of ChatGPT.";

/** Tells the server that a sign-in is over. Returns why that did not work; `undefined` where it did. */
async function revoke(
  { clientId, refreshToken }: ChatGPTCredentials,
  server: SignInServer,
  signal: AbortSignal | undefined,
): Promise<AxioError | undefined> {
  if (refreshToken === "") return undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { revocationEndpoint } = await server.metadata(signal);
      if (revocationEndpoint === undefined) return unconfirmed("The server offers no way to end a sign-in.");
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
      if (!AxioError.is(error)) return unconfirmed("Telling the server failed.", error);
      if (!error.retryable || attempt === REVOKE_TRIES || signal?.aborted) {
        return unconfirmed(error.message, error);
      }
      await delay(REVOKE_PAUSE_MS * 2 ** (attempt - 1), signal).catch(() => undefined);
    }
  }
}

function unconfirmed(what: string, cause?: unknown): AxioError {
  const known = AxioError.is(cause) ? cause : undefined;
  return new AxioError(known?.code ?? "login-failed", `${what} ${UNCONFIRMED}`, {
    ...(cause === undefined ? {} : { cause }),
    ...(known === undefined ? {} : { details: known.details, retryable: known.retryable }),
  });
}
