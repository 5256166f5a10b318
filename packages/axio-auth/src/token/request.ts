import { randomBytes } from "node:crypto";
import { AxioError } from "axio";
import { assertSecureUrl, type FetchLike, readBodyText, sendRequest } from "axio-http";
import type { AuthorizationServer, Client } from "oauth4webapi";
import {
  asRefreshError,
  classifyTokenError,
  parseTokenResponse,
  type TokenGrant,
  type TokenResponse,
  unusableTokenResponse,
} from "./response.ts";

/** Options of every request to a token or revocation endpoint. */
export interface TokenRequestOptions {
  /** The endpoint: https, or http on a loopback address. */
  readonly url: string;
  readonly clientId: string;
  /** The encoding of the body. RFC 6749 requires `form`; some servers require `json`. Default: `"form"`. */
  readonly encoding?: "form" | "json" | undefined;
  /** Additional parameters, such as `resource`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly fetch?: FetchLike | undefined;
  /** The timeout until the response begins. Default: 30,000, and 60,000 for a refresh. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link exchangeCode}. */
export interface CodeExchangeOptions extends TokenRequestOptions {
  readonly code: string;
  /** The redirect URI of the authorization request, unchanged. */
  readonly redirectUri: string;
  readonly verifier: string;
}

/** As long as a `CredentialSession` waits: a slow server has used the token, also if its response is not read any more. */
const REFRESH_TIMEOUT_MS = 60_000;

type OAuth = typeof import("oauth4webapi");

/** Loaded with the first sign-in or refresh, because requests with a valid token do not need it. */
function loadOAuth(): Promise<OAuth> {
  return import("oauth4webapi");
}

/** Proof Key for Code Exchange: binds a token request to its authorization request. */
export interface Pkce {
  /** The secret: 64 random bytes in 86 characters. Sent with the token request only. */
  readonly verifier: string;
  /** The SHA-256 of the verifier, sent with the authorization request as `code_challenge` with the method `S256`. */
  readonly challenge: string;
}

/** Creates a verifier and its challenge (RFC 7636). */
export async function createPkce(): Promise<Pkce> {
  const verifier = randomBytes(64).toString("base64url");
  const { calculatePKCECodeChallenge } = await loadOAuth();
  return { verifier, challenge: await calculatePKCECodeChallenge(verifier) };
}

/** Creates a `state`: 32 random bytes in 43 characters (RFC 6749 §10.12). */
export function createState(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * Exchanges an authorization code for tokens.
 *
 * @throws AxioError `login-failed`, `unsupported-country`, `blocked`, `network`, `response-timeout`,
 *   `aborted`, `invalid-argument` (an insecure URL).
 * @see RFC 6749 §4.1.3
 */
export async function exchangeCode(options: CodeExchangeOptions): Promise<GrantedTokens> {
  return assertAccessToken(await redeemCode(options), "authorization_code");
}

/** Tokens with an access token. */
export type GrantedTokens = TokenResponse & { readonly accessToken: string };

function assertAccessToken(tokens: TokenResponse, grant: TokenGrant): GrantedTokens {
  const { accessToken } = tokens;
  if (accessToken === undefined) throw unusableTokenResponse(grant, "has no access token");
  return { ...tokens, accessToken };
}

/**
 * Exchanges an authorization code for tokens, with or without an access token: a server may grant the identity only.
 *
 * @throws AxioError like {@link exchangeCode}.
 */
export async function redeemCode(options: CodeExchangeOptions): Promise<TokenResponse> {
  const { code, redirectUri, verifier } = options;
  if (code === "")
    throw new AxioError("invalid-argument", "The authorization code is empty. Start the sign-in again.");
  const oauth = await loadOAuth();
  const { server, client, requestOptions } = prepare(options, oauth);
  // The state was verified when the callback arrived.
  const callback = oauth.validateAuthResponse(
    server,
    client,
    new URLSearchParams({ code }),
    oauth.expectNoState,
  );
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    callback,
    redirectUri,
    verifier,
    requestOptions,
  );
  return readTokens(response, options, "authorization_code", [code, verifier]);
}

/**
 * Requests new tokens. The old refresh token may be invalid from then on: save the new one before anything else. A response
 * without an access token is a failure, whatever its status.
 *
 * @throws AxioError `refresh-token-expired`, `refresh-token-reused`, `refresh-token-revoked` (sign in again);
 *   `unauthenticated` (no refresh token); `refresh-failed`, `unsupported-country`, `blocked` (transient: keep the
 *   credentials); `aborted`; `invalid-argument` (an insecure URL).
 * @see RFC 6749 §6
 */
export async function refreshToken(
  given: TokenRequestOptions & { readonly refreshToken: string },
): Promise<GrantedTokens> {
  const options = { ...given, timeoutMs: given.timeoutMs ?? REFRESH_TIMEOUT_MS };
  if (options.refreshToken === "") {
    throw new AxioError(
      "unauthenticated",
      "The sign-in cannot be refreshed: it has no refresh token. Sign in again.",
    );
  }
  try {
    const oauth = await loadOAuth();
    const { server, client, requestOptions } = prepare(options, oauth);
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      oauth.None(),
      options.refreshToken,
      requestOptions,
    );
    const tokens = await readTokens(response, options, "refresh_token", [options.refreshToken]);
    return assertAccessToken(tokens, "refresh_token");
  } catch (error) {
    throw AxioError.is(error) ? asRefreshError(error) : error;
  }
}

/**
 * Revokes a token. A token that the server does not know is not an error.
 *
 * @throws AxioError `login-failed` if the server rejects the request, `network`, `response-timeout`, `aborted`.
 * @see RFC 7009
 */
export async function revokeToken(
  options: TokenRequestOptions & {
    readonly token: string;
    readonly tokenTypeHint: "refresh_token" | "access_token";
  },
): Promise<void> {
  const { token, tokenTypeHint } = options;
  const oauth = await loadOAuth();
  const { server, client, requestOptions } = prepare(options, oauth);
  const response = await oauth.revocationRequest(server, client, oauth.None(), token, {
    ...requestOptions,
    additionalParameters: { ...options.parameters, token_type_hint: tokenTypeHint },
  });
  const body = await readBodyText(response, { signal: options.signal });
  if (response.ok) return;
  const { status, headers } = response;
  const secrets = [token];
  const cause = classifyTokenError({
    status,
    headers,
    body,
    url: options.url,
    grant: "authorization_code",
    secrets,
  });
  throw new AxioError("login-failed", `The server did not confirm the sign-out (${status}).`, {
    cause,
    retryable: cause.retryable,
    details: cause.details,
  });
}

async function readTokens(
  response: Response,
  { url, signal }: TokenRequestOptions,
  grant: TokenGrant,
  secrets: readonly string[],
): Promise<TokenResponse> {
  const { status, headers, ok } = response;
  const body = await readBodyText(response, { signal, whole: ok });
  if (!ok) throw classifyTokenError({ status, headers, body, grant, url, secrets });
  const tokens = parseTokenResponse(body, Date.now());
  if (!tokens) throw unusableTokenResponse(grant, "could not be read");
  const { tokenType = "bearer" } = tokens;
  // RFC 6749 §7.1: a token of an unknown type must not be used.
  if (tokenType.toLowerCase() !== "bearer") throw unusableTokenResponse(grant, "has tokens of another type");
  return tokens;
}

/** The arguments for oauth4webapi: it builds the request, and `sendRequest` sends it, with typed errors. */
function prepare(
  options: TokenRequestOptions,
  oauth: OAuth,
): {
  server: AuthorizationServer;
  client: Client;
  requestOptions: NonNullable<Parameters<OAuth["refreshTokenGrantRequest"]>[4]>;
} {
  const url = assertSecureUrl(options.url, "The token endpoint");
  const { encoding, fetch, signal, timeoutMs, headers, parameters } = options;
  return {
    server: { issuer: url.origin, token_endpoint: url.href, revocation_endpoint: url.href },
    client: { client_id: options.clientId },
    requestOptions: {
      headers: { ...headers },
      additionalParameters: { ...parameters },
      // `assertSecureUrl` allows http on loopback addresses only.
      [oauth.allowInsecureRequests]: url.protocol === "http:",
      [oauth.customFetch]: (target, request) =>
        sendRequest({
          url: target,
          method: request.method,
          ...(encoding === "json"
            ? asJson(request)
            : { headers: request.headers, body: request.body.toString() }),
          signal,
          fetch,
          responseTimeoutMs: timeoutMs,
        }),
    },
  };
}

function asJson(request: { readonly headers: Record<string, string>; readonly body: URLSearchParams }): {
  headers: Record<string, string>;
  body: string;
} {
  return {
    headers: { ...request.headers, "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(request.body)),
  };
}
