import { AxioError } from "axio";
import { exchangeCode, revokeToken } from "axio-auth";
import type { FetchLike } from "axio-http";
import { withTimeout } from "axio-http/internal";
import { userAgent } from "axio-transport-kit";
import { CLIENT_ID, HEADERS, LOGIN_ORIGINATOR, OAUTH_PATHS, PRODUCT, REVOKE_TIMEOUT_MS } from "../config.ts";
import { type Credentials, credentialsFromTokens } from "../credentials.ts";

/** The server that issues tokens, and how to send requests to it. */
export interface TokenServer {
  readonly issuer: string | URL;
  readonly fetch?: FetchLike | undefined;
}

/** The result of an authorization: a code, and the verifier that proves the right to use it. */
export interface Authorization {
  readonly code: string;
  readonly verifier: string;
  /** The redirect URI of the authorization request. */
  readonly redirectUri: string;
}

/**
 * Exchanges a code for credentials.
 *
 * @throws AxioError `login-failed`, `network`, `unsupported-country`, `blocked`, `aborted`.
 */
export async function exchange(
  authorization: Authorization,
  { issuer, fetch }: TokenServer,
  signal: AbortSignal,
): Promise<Credentials> {
  const url = new URL(OAUTH_PATHS.token, issuer).href;
  const tokens = await exchangeCode({ ...authorization, url, clientId: CLIENT_ID, fetch, signal });
  return credentialsFromTokens(tokens, Date.now());
}

const STILL_VALID =
  "The old tokens stay valid until they expire. To end them now, sign out of all devices in the security settings of ChatGPT.";

/**
 * Revokes the tokens of a sign-in, within ten seconds.
 *
 * @returns The error if it failed, otherwise `undefined`.
 */
export async function revoke(
  credentials: Credentials,
  { issuer, fetch }: TokenServer,
  signal?: AbortSignal,
): Promise<AxioError | undefined> {
  const { refreshToken, accessToken } = credentials;
  return withTimeout(REVOKE_TIMEOUT_MS, signal, async (either, isOver) => {
    try {
      await revokeToken({
        url: new URL(OAUTH_PATHS.revoke, issuer).href,
        clientId: CLIENT_ID,
        encoding: "json",
        ...(refreshToken === ""
          ? { token: accessToken, tokenTypeHint: "access_token" }
          : { token: refreshToken, tokenTypeHint: "refresh_token" }),
        headers: { [HEADERS.originator]: LOGIN_ORIGINATOR, "User-Agent": userAgent(PRODUCT) },
        fetch,
        signal: either,
      });
      return undefined;
    } catch (cause) {
      if (isOver() || !AxioError.is(cause)) {
        const message = `The sign-in server did not respond in time. ${STILL_VALID}`;
        return new AxioError("network", message, { cause, retryable: true });
      }
      const { code, message, retryable, details } = cause;
      return new AxioError(code, `${message} ${STILL_VALID}`, { cause, retryable, details });
    }
  });
}
