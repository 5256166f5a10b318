import { AxioError } from "axio";
import { type GrantedTokens, type TokenResponse, wholeSeconds } from "axio-auth";
import { BASE_URL } from "../config.ts";
import { type ChatGPTCredentials, parseTime } from "../credentials.ts";

/** The request of a token response. */
export interface GrantContext {
  readonly nonce: string;
  readonly resource: string;
  /** The time of receipt, in Unix milliseconds. */
  readonly receivedAt: number;
}

/**
 * Creates credentials from the response to an authorization code. Their account is not verified yet.
 *
 * @param registration The registration before the sign-in.
 * @throws AxioError `login-failed` if the response is incomplete.
 */
export function credentialsFromGrant(
  tokens: TokenResponse,
  registration: ChatGPTCredentials,
  { nonce, resource, receivedAt }: GrantContext,
): ChatGPTCredentials {
  const { accessToken = "", refreshToken = "", idToken, expiresAt, scope } = tokens;
  if (idToken === undefined) throw unusable("has no ID token");
  if (scope === undefined) throw unusable("does not state the granted scopes");
  const scopes = scopesOf(scope);
  if (accessToken !== "" && expiresAt === undefined) throw unusable("does not state when it expires");
  if (refreshToken === "" && scopes.includes("offline_access")) throw unusable("has no refresh token");
  const { clientId, issuer, subject, email, name, planNoticeGiven } = registration;
  return {
    clientId,
    issuer,
    resource: resource === BASE_URL ? undefined : resource,
    subject,
    email,
    name,
    planNoticeGiven,
    idToken: registration.idToken,
    accessToken,
    refreshToken,
    ...timesOf(tokens, receivedAt),
    scopes,
    unverified: { idToken, nonce, receivedAt },
  };
}

/**
 * Creates credentials from the response to a refresh. What it omits is kept, including the scopes: they are never assumed
 * from the request.
 */
export function credentialsFromRefresh(
  tokens: GrantedTokens,
  previous: ChatGPTCredentials,
  receivedAt: number,
): ChatGPTCredentials {
  const { idToken, accessToken, refreshToken, scope } = tokens;
  // A sign-in that is not verified yet must be verified with its own ID token, which has the nonce.
  const isNewSignIn = previous.unverified?.nonce !== undefined;
  return {
    ...previous,
    refreshStartedAt: undefined,
    accessToken,
    refreshToken: refreshToken ?? previous.refreshToken,
    ...timesOf(tokens, receivedAt),
    scopes: scope === undefined ? previous.scopes : scopesOf(scope),
    unverified: idToken === undefined || isNewSignIn ? previous.unverified : { idToken, receivedAt },
  };
}

function scopesOf(scope: string): readonly string[] {
  return scope.split(" ").filter((name) => name !== "");
}

function timesOf(
  { expiresAt, body }: TokenResponse,
  receivedAt: number,
): Pick<ChatGPTCredentials, "expiresAt" | "lifetimeMs" | "earliestRefreshAt"> {
  return {
    expiresAt: expiresAt ?? 0,
    lifetimeMs:
      expiresAt !== undefined && expiresAt > receivedAt ? expiresAt - wholeSeconds(receivedAt) : undefined,
    earliestRefreshAt: parseTime(body["earliest_refresh_at"]),
  };
}

function unusable(problem: string): AxioError {
  return new AxioError(
    "login-failed",
    `Signing in failed: the server's response ${problem}. Start the sign-in again.`,
  );
}
