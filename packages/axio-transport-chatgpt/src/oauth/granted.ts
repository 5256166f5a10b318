import { AxioError, type JsonValue } from "axio";
import type { TokenResponse } from "axio-auth";
import { API_BASE_URL } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";

/** What is known of an exchange besides its answer. */
export interface GrantContext {
  readonly nonce: string;
  readonly resource: string;
  /** When the answer came, in Unix milliseconds. */
  readonly receivedAt: number;
}

/**
 * Makes of the answer to a code what is to be kept. Nobody has verified yet whose it is.
 *
 * @param registration What is kept of the registration before.
 * @throws AxioError `login-failed` where the answer lacks something that a sign-in cannot be without.
 */
export function grantedBy(
  tokens: TokenResponse,
  registration: ChatGPTCredentials,
  { nonce, resource, receivedAt }: GrantContext,
): ChatGPTCredentials {
  const { accessToken = "", refreshToken = "", idToken, expiresAt, scope, tokenType } = tokens;
  if (idToken === undefined) throw incomplete("names nobody: it holds no ID token");
  if (scope === undefined) throw incomplete("does not say what was granted");
  const scopes = scopesOf(scope);
  if (tokenType !== undefined && tokenType.toLowerCase() !== "bearer")
    throw incomplete("holds tokens of another kind");
  if (accessToken !== "" && expiresAt === undefined) throw incomplete("does not say how long it lasts");
  if (refreshToken === "" && scopes.includes("offline_access")) throw incomplete("holds no refresh token");
  const { clientId, issuer, subject, email, name, planNoticeGiven } = registration;
  return {
    clientId,
    issuer,
    ...(resource === API_BASE_URL ? {} : { resource }),
    subject,
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    ...(planNoticeGiven === undefined ? {} : { planNoticeGiven }),
    ...(registration.idToken === undefined ? {} : { idToken: registration.idToken }),
    accessToken,
    refreshToken,
    expiresAt: expiresAt ?? 0,
    ...lifetimeOf(expiresAt, receivedAt),
    scopes,
    ...earliestOf(tokens),
    unverified: { idToken, nonce, receivedAt },
  };
}

/**
 * Makes of the answer to a refresh what is to be kept. What it leaves out stays as it was: the scopes too, since they
 * are never taken from what was asked for.
 */
export function refreshedBy(
  tokens: TokenResponse,
  previous: ChatGPTCredentials,
  receivedAt: number,
): ChatGPTCredentials {
  const { renewingSince: _mark, earliestRefreshAt: _old, lifetime: _past, ...kept } = previous;
  const { idToken, accessToken, refreshToken, expiresAt, scope } = tokens;
  // A sign-in that waits for its own check still has to pass it: only its ID token has the nonce.
  const isNewSignIn = previous.unverified?.nonce !== undefined;
  return {
    ...kept,
    accessToken: accessToken ?? previous.accessToken,
    refreshToken: refreshToken ?? previous.refreshToken,
    expiresAt: expiresAt ?? 0,
    ...lifetimeOf(expiresAt, receivedAt),
    scopes: scope === undefined ? previous.scopes : scopesOf(scope),
    ...earliestOf(tokens),
    ...(idToken === undefined || isNewSignIn ? {} : { unverified: { idToken, receivedAt } }),
  };
}

function scopesOf(scope: string): readonly string[] {
  return scope.split(" ").filter((name) => name !== "");
}

function lifetimeOf(expiresAt: number | undefined, receivedAt: number): { readonly lifetime?: number } {
  const lifetime = expiresAt === undefined ? 0 : expiresAt - Math.floor(receivedAt / 1000);
  return lifetime > 0 ? { lifetime } : {};
}

function earliestOf({ body }: TokenResponse): { readonly earliestRefreshAt?: JsonValue } {
  const earliest = body["earliest_refresh_at"];
  return earliest === undefined || earliest === null ? {} : { earliestRefreshAt: earliest };
}

function incomplete(what: string): AxioError {
  return new AxioError(
    "login-failed",
    `Signing in failed: the server's answer ${what}. Start the sign-in again.`,
  );
}
