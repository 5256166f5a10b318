import { refreshToken } from "axio-auth";
import { defaultFetch, type FetchLike } from "axio-http";
import { userAgent } from "axio-transport-kit";
import { CLIENT_ID, HEADERS, ISSUER, LOGIN_ORIGINATOR, OAUTH_PATHS, PRODUCT } from "../config.ts";
import { type Credentials, credentialsFromTokens } from "../credentials.ts";

/** Options of {@link refreshAccessToken}. */
export interface RefreshOptions {
  /** The token issuer: https, or http on a loopback address. Default: `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
  /** Default: the global `fetch`, or one that uses the proxy of the environment. */
  readonly fetch?: FetchLike | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Refreshes credentials. See `refreshAccessToken` of the package. */
export async function refreshAccessToken(
  credentials: Credentials,
  options: RefreshOptions = {},
): Promise<Credentials> {
  const tokens = await refreshToken({
    url: new URL(OAUTH_PATHS.token, options.issuer ?? ISSUER).href,
    clientId: CLIENT_ID,
    encoding: "json",
    refreshToken: credentials.refreshToken,
    headers: { [HEADERS.originator]: LOGIN_ORIGINATOR, "User-Agent": userAgent(PRODUCT) },
    fetch: options.fetch ?? defaultFetch(),
    signal: options.signal,
  });
  return credentialsFromTokens(tokens, Date.now(), credentials);
}
