import { AxioError, isJsonObject, type JsonObject } from "axio";
import type { CredentialFormat } from "axio-auth";
import { tokenTimes } from "axio-auth/internal";
import { readString } from "axio-http/internal";
import { accountInfo, type Credentials } from "./credentials.ts";

/** The lifetime of tokens that do not state when they expire: the official CLI refreshes them after eight days. */
const ASSUMED_LIFETIME_MS = 8 * 24 * 60 * 60_000;

/** Properties with sign-ins of other kinds, which remain after a sign-out from ChatGPT. */
const OTHER_SIGN_INS = ["OPENAI_API_KEY", "personal_access_token", "bedrock_api_key", "agent_identity"];

/**
 * The format of the official CLI's `auth.json`. Unknown properties are preserved, at the top level and among the tokens, and
 * the kind of sign-in is never changed.
 *
 * @param now The current time in Unix milliseconds, for `last_refresh`.
 */
export function authJsonFormat(now: () => number = Date.now): CredentialFormat<Credentials> {
  return {
    decode: readAuthJson,
    encode: (credentials, previous) =>
      credentials === undefined ? withoutTokens(previous) : withTokens(credentials, previous, now()),
  };
}

/**
 * @returns `undefined` if the CLI is not signed in.
 * @throws AxioError `store-unavailable` if the CLI has a sign-in of another kind; `credentials-malformed`.
 */
function readAuthJson(document: JsonObject): Credentials | undefined {
  const { tokens } = document;
  const mode =
    readString(document, "auth_mode") ?? (isJsonObject(tokens) ? "chatgpt" : impliedMode(document));
  if (mode !== "chatgpt") throw otherSignIn(mode);
  if (tokens === undefined || tokens === null) return undefined;
  if (!isJsonObject(tokens)) throw malformed('the property "tokens" is not an object');
  const accessToken = readString(tokens, "access_token") ?? "";
  const refreshToken = readString(tokens, "refresh_token") ?? "";
  if (accessToken + refreshToken === "") {
    throw malformed('the property "tokens" has neither an access token nor a refresh token');
  }
  const idToken = readString(tokens, "id_token");
  const { accountId, planType, email } = accountInfo(accessToken, idToken);
  return {
    accessToken,
    refreshToken,
    expiresAt: tokenTimes(accessToken).expiresAt ?? assumedExpiry(document),
    accountId: readString(tokens, "account_id") ?? accountId ?? "",
    idToken,
    planType,
    email,
  };
}

/** The kind of sign-in that the CLI assumes for a document that does not state it. */
function impliedMode(document: JsonObject): string {
  if (readString(document, "personal_access_token") !== undefined) return "personalAccessToken";
  if (readString(document, "bedrock_api_key") !== undefined) return "bedrockApiKey";
  return readString(document, "OPENAI_API_KEY") === undefined ? "chatgpt" : "apikey";
}

/** Returns 0 (unknown) if the document does not state when the tokens were refreshed. */
function assumedExpiry(document: JsonObject): number {
  const lastRefreshAt = Date.parse(readString(document, "last_refresh") ?? "");
  return Number.isNaN(lastRefreshAt) ? 0 : lastRefreshAt + ASSUMED_LIFETIME_MS;
}

function withTokens(
  { accessToken, refreshToken, idToken, accountId }: Credentials,
  previous: JsonObject | undefined,
  now: number,
): JsonObject {
  if (idToken === undefined) {
    throw new AxioError(
      "store-unavailable",
      "This sign-in cannot be stored in the official CLI's auth.json: it has no ID token, which the CLI requires. " +
        "Sign in again, or choose another store.",
    );
  }
  const before = previous?.["tokens"];
  // Properties of one account must not be kept for another one.
  const others = isJsonObject(before) && before["account_id"] === accountId ? before : {};
  const mode = before === undefined || before === null ? { auth_mode: "chatgpt" } : {};
  return {
    ...mode,
    ...previous,
    ...mode,
    // The CLI always writes it.
    OPENAI_API_KEY: previous?.["OPENAI_API_KEY"] ?? null,
    tokens: {
      ...others,
      id_token: idToken,
      access_token: accessToken,
      refresh_token: refreshToken,
      account_id: accountId,
    },
    // Without it, the CLI ignores the tokens.
    last_refresh: new Date(now).toISOString(),
  };
}

/** Returns `undefined`, unless the document has a sign-in of another kind. */
function withoutTokens(previous: JsonObject = {}): JsonObject | undefined {
  if (!OTHER_SIGN_INS.some((name) => (previous[name] ?? null) !== null)) return undefined;
  const { auth_mode: _mode, tokens: _tokens, last_refresh: _lastRefresh, ...others } = previous;
  return others;
}

function otherSignIn(mode: string): AxioError {
  const kind = mode === "apikey" ? "an API key" : `the method ${JSON.stringify(mode)}`;
  return new AxioError(
    "store-unavailable",
    `The official CLI is signed in with ${kind} instead of ChatGPT. Its file was not changed. ` +
      "Run `codex login` to change that, or sign in with axio's own store.",
  );
}

function malformed(problem: string): AxioError {
  return new AxioError("credentials-malformed", problem);
}
