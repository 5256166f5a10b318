import { AxioError, type JsonObject } from "axio";
import {
  type BearerCredentials,
  decodeJwtPayload,
  parseExpiresAt,
  type TokenResponse,
  timeClaim,
} from "axio-auth";
import { optional, readObject, readString } from "axio-http/internal";
import { AUTH_CLAIM, PROFILE_CLAIM } from "./config.ts";

/** A sign-in with ChatGPT. Its secrets do not show in `console.log` once it comes from a store or a session. */
export interface Credentials extends BearerCredentials {
  /** The workspace: the claim `chatgpt_account_id` of the ID token. Empty if unknown. */
  readonly accountId: string;
  readonly idToken?: string;
  readonly planType?: string;
  readonly email?: string;
}

/**
 * Reads stored credentials: axio's own properties, and the four strings that axio for Python stores (`api_key` or
 * `access_token`, `refresh_token`, `expires_at`, `account_id`). Drops unknown properties.
 *
 * @throws AxioError `credentials-malformed` if there is neither an access token nor a refresh token.
 */
export function parseCredentials(value: JsonObject): Credentials {
  const text = (...names: string[]): string | undefined =>
    names
      .map((name) => value[name])
      .find((member): member is string => typeof member === "string" && member !== "");
  const accessToken = text("accessToken", "access_token", "apiKey", "api_key");
  const refreshToken = text("refreshToken", "refresh_token");
  if (accessToken === undefined && refreshToken === undefined) {
    throw new AxioError("credentials-malformed", "there is neither an access token nor a refresh token");
  }
  return {
    accessToken: accessToken ?? "",
    refreshToken: refreshToken ?? "",
    expiresAt:
      parseExpiresAt(value["expiresAt"] ?? value["expires_at"]) ?? tokenExpiry(accessToken ?? "") ?? 0,
    accountId: text("accountId", "account_id") ?? "",
    ...optional("idToken", text("idToken", "id_token")),
    ...optional("planType", text("planType", "plan_type")),
    ...optional("email", text("email")),
  };
}

/** What is assumed of a token that does not say when it ends, in seconds: the server's usual ten days. A 401 corrects it. */
const USUAL_LIFETIME_SECONDS = 864_000;

/**
 * Makes credentials of a token answer. What the answer leaves out is kept from before. A refresh never changes the
 * account: it is the one that the person chose at sign-in.
 *
 * @param nowMs When the answer came, in Unix milliseconds.
 * @throws AxioError `protocol` where there is no access token; `login-failed` where no token names an account.
 */
export function credentialsFromTokens(
  tokens: TokenResponse,
  nowMs: number,
  previous?: Credentials,
): Credentials {
  const accessToken = tokens.accessToken ?? previous?.accessToken;
  if (!accessToken)
    throw new AxioError("protocol", "The sign-in server gave no access token. Sign in again.");
  const idToken = tokens.idToken ?? previous?.idToken;
  const { accountId, planType, email } = accountInfoOf({ accessToken, idToken });
  const account = previous?.accountId || accountId;
  if (!account) {
    throw new AxioError(
      "login-failed",
      "The sign-in names no ChatGPT account. Sign in with an account that has a ChatGPT plan, and choose its workspace.",
    );
  }
  return {
    accessToken,
    refreshToken: tokens.refreshToken ?? previous?.refreshToken ?? "",
    expiresAt: tokens.expiresAt ?? Math.floor(nowMs / 1000) + USUAL_LIFETIME_SECONDS,
    accountId: account,
    ...optional("idToken", idToken),
    ...optional("planType", planType ?? previous?.planType),
    ...optional("email", email ?? previous?.email),
  };
}

/** When an access token ends, in Unix seconds, if it says so. */
export function tokenExpiry(accessToken: string): number | undefined {
  return timeClaim(decodeJwtPayload(accessToken), "exp");
}

/** How long an access token lasts from its issue, in seconds, if it says so. */
export function tokenLifetime(accessToken: string): number | undefined {
  const claims = decodeJwtPayload(accessToken);
  const end = timeClaim(claims, "exp");
  const issue = timeClaim(claims, "iat");
  return end === undefined || issue === undefined || end <= issue ? undefined : end - issue;
}

/** Whose a token is, as far as its claims say. */
export interface AccountInfo {
  /** The claim `chatgpt_account_id`: the workspace. Never an organization, and never the subject. */
  readonly accountId?: string;
  readonly planType?: string;
  readonly email?: string;
  /** Set for accounts of the US government's cloud, whose requests have to say so. */
  readonly isFedramp?: true;
}

/** Reads whose a sign-in is; where its tokens differ, the ID token counts. */
export function accountInfoOf(tokens: {
  readonly accessToken: string;
  readonly idToken?: string | undefined;
}): AccountInfo {
  return { ...accountInfo(tokens.accessToken), ...accountInfo(tokens.idToken ?? "") };
}

/** Reads whose a token is. Never throws: what is no token says nothing. */
export function accountInfo(token: string): AccountInfo {
  const payload = decodeJwtPayload(token) ?? {};
  const auth = readObject(payload, AUTH_CLAIM);
  return {
    ...optional("accountId", readString(auth, "chatgpt_account_id")),
    ...optional("planType", readString(auth, "chatgpt_plan_type")),
    ...optional(
      "email",
      readString(payload, "email") ?? readString(readObject(payload, PROFILE_CLAIM), "email"),
    ),
    ...(auth["chatgpt_account_is_fedramp"] === true ? { isFedramp: true } : {}),
  };
}
