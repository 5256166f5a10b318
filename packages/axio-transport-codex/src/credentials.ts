import { AxioError, type JsonObject } from "axio";
import type { BearerCredentials, CredentialFormat, GrantedTokens } from "axio-auth";
import {
  decodeJwtPayload,
  parseUnixTime,
  tokenTimes,
  toUnixSeconds,
  versionedFormat,
  wholeSeconds,
} from "axio-auth/tokens";
import { readObject, readString } from "axio-http/internal";
import { AUTH_CLAIM, PROFILE_CLAIM } from "./config.ts";

/** A sign-in with ChatGPT. Its secrets do not appear in `console.log` if it comes from a store or a session. */
export interface Credentials extends BearerCredentials {
  /** The workspace: the claim `chatgpt_account_id` of the ID token. Empty if unknown. */
  readonly accountId: string;
  readonly idToken?: string | undefined;
  readonly planType?: string | undefined;
  readonly email?: string | undefined;
}

/**
 * The format in which credentials are stored in files and keychain entries, with `expiresAt` in Unix seconds. Also reads the
 * files of axio for Python.
 *
 * @example
 * ```ts no-run
 * import { CODEX_CREDENTIAL_FORMAT, FileCredentialStore } from "axio-transport-codex";
 *
 * const store = new FileCredentialStore({ path: "./codex.json", format: CODEX_CREDENTIAL_FORMAT });
 * ```
 */
export const CODEX_CREDENTIAL_FORMAT: CredentialFormat<Credentials> = versionedFormat({
  parse: parseCredentials,
  serialize: (credentials) => ({ ...credentials, expiresAt: toUnixSeconds(credentials.expiresAt) }),
});

/**
 * Reads stored credentials: axio's own properties, and the four strings that axio for Python stores (`api_key` or
 * `access_token`, `refresh_token`, `expires_at`, `account_id`). `expiresAt` may be in Unix seconds or milliseconds. Drops
 * unknown properties.
 *
 * @throws AxioError `credentials-malformed` if there is neither an access token nor a refresh token.
 */
export function parseCredentials(value: JsonObject): Credentials {
  const read = (...names: string[]): string | undefined =>
    names.map((name) => readString(value, name)).find((text) => text !== undefined);
  const accessToken = read("accessToken", "access_token", "apiKey", "api_key") ?? "";
  const refreshToken = read("refreshToken", "refresh_token") ?? "";
  if (accessToken + refreshToken === "") {
    throw new AxioError("credentials-malformed", "there is neither an access token nor a refresh token");
  }
  return {
    accessToken,
    refreshToken,
    expiresAt:
      parseUnixTime(value["expiresAt"] ?? value["expires_at"]) ?? tokenTimes(accessToken).expiresAt ?? 0,
    accountId: read("accountId", "account_id") ?? "",
    idToken: read("idToken", "id_token"),
    planType: read("planType", "plan_type"),
    email: read("email"),
  };
}

/** The server's usual lifetime, for tokens that do not state one: ten days. A 401 corrects it. */
const USUAL_LIFETIME_MS = 10 * 24 * 60 * 60_000;

/**
 * Creates credentials from a token response. What it omits, except the access token, is taken from the previous ones. A refresh never
 * changes the account that the user chose at sign-in.
 *
 * @param receivedAt The time of receipt, in Unix milliseconds.
 * @throws AxioError `login-failed` if no token names an account.
 */
export function credentialsFromTokens(
  tokens: GrantedTokens,
  receivedAt: number,
  previous?: Credentials,
): Credentials {
  const { accessToken } = tokens;
  const idToken = tokens.idToken ?? previous?.idToken;
  const { accountId, planType, email } = accountInfo(accessToken, idToken);
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
    expiresAt: tokens.expiresAt ?? wholeSeconds(receivedAt + USUAL_LIFETIME_MS),
    accountId: account,
    idToken,
    planType: planType ?? previous?.planType,
    email: email ?? previous?.email,
  };
}

/** The account that tokens belong to, according to their claims. */
export interface AccountInfo {
  /** The claim `chatgpt_account_id`: the workspace. Never an organization, and never the subject. */
  readonly accountId?: string | undefined;
  readonly planType?: string | undefined;
  readonly email?: string | undefined;
  /** Whether the account is in the cloud of the US government, which requires a header. */
  readonly isFedramp: boolean;
}

/** Reads the account of a sign-in. If its tokens differ, the ID token wins. Never throws. */
export function accountInfo(accessToken: string, idToken = ""): AccountInfo {
  const tokens = [idToken, accessToken].map((token) => {
    const payload = decodeJwtPayload(token) ?? {};
    return { payload, auth: readObject(payload, AUTH_CLAIM), profile: readObject(payload, PROFILE_CLAIM) };
  });
  const find = (read: (token: (typeof tokens)[number]) => string | undefined): string | undefined =>
    tokens.map(read).find((text) => text !== undefined);
  return {
    accountId: find(({ auth }) => readString(auth, "chatgpt_account_id")),
    planType: find(({ auth }) => readString(auth, "chatgpt_plan_type")),
    email: find(({ payload, profile }) => readString(payload, "email") ?? readString(profile, "email")),
    isFedramp: tokens.some(({ auth }) => auth["chatgpt_account_is_fedramp"] === true),
  };
}
