import { AxioError } from "axio";
import { exchangeCode, revokeToken } from "axio-auth";
import type { FetchLike } from "axio-http";
import { userAgent } from "axio-transport-kit";
import { CLIENT_ID, HEADERS, LOGIN_ORIGINATOR, OAUTH_PATHS, PRODUCT, REVOKE_TIMEOUT_MS } from "../config.ts";
import { type Credentials, credentialsFromTokens } from "../credentials.ts";

/** Where tokens come from, and how to get there. */
export interface TokenServer {
  readonly issuer: string | URL;
  readonly fetch?: FetchLike | undefined;
}

/** What a sign-in brought: a code, and what proves that it is ours. */
export interface Authorization {
  readonly code: string;
  readonly verifier: string;
  /** The very address that the authorization named. */
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
  "The old tokens work until they end: where that matters, sign out of all devices in the security settings of ChatGPT.";

/**
 * Tells the server that a sign-in is over. Takes ten seconds at the most.
 *
 * @returns Why it did not work; `undefined` where it did.
 */
export async function revoke(
  credentials: Credentials,
  { issuer, fetch }: TokenServer,
  signal?: AbortSignal,
): Promise<AxioError | undefined> {
  const timeout = AbortSignal.timeout(REVOKE_TIMEOUT_MS);
  const { refreshToken, accessToken } = credentials;
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
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return undefined;
  } catch (error) {
    const isSaid = !timeout.aborted && AxioError.is(error);
    return new AxioError(
      isSaid ? error.code : "network",
      `${isSaid ? error.message : "The sign-in server did not answer in time."} ${STILL_VALID}`,
      { cause: error, retryable: !isSaid || error.retryable, ...(isSaid ? { details: error.details } : {}) },
    );
  }
}
