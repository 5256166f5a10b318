import { AxioError, isJsonObject, type JsonObject } from "axio";
import type { CredentialFormat } from "axio-auth";
import { optional, readString } from "axio-http/internal";
import { accountInfoOf, type Credentials, tokenExpiry } from "./credentials.ts";

/** How old tokens that do not say when they end may become, in seconds: the official CLI renews them after eight days. */
const ASSUMED_LIFETIME_SECONDS = 8 * 24 * 60 * 60;

/** Members with sign-ins of other kinds. Signing out of ChatGPT leaves them. */
const OTHER_SIGN_INS = ["OPENAI_API_KEY", "personal_access_token", "bedrock_api_key", "agent_identity"];

/**
 * The format of the official CLI's `auth.json`. Pure. Members that it does not know are kept, at the top and among the
 * tokens, and the kind of sign-in is never changed.
 *
 * @param now The present, in Unix milliseconds, for `last_refresh`.
 */
export function authJsonFormat(now: () => number = Date.now): CredentialFormat<Credentials> {
  return {
    decode: readAuthJson,
    encode: (credentials, previous) =>
      credentials === undefined ? withoutTokens(previous) : withTokens(credentials, previous, now()),
  };
}

/**
 * Reads `auth.json`.
 *
 * @returns `undefined` where nobody is signed in.
 * @throws AxioError `store-unavailable` where the CLI is signed in otherwise than with ChatGPT; `credentials-malformed`.
 */
function readAuthJson(document: JsonObject): Credentials | undefined {
  const { tokens } = document;
  const mode =
    readString(document, "auth_mode") ?? (isJsonObject(tokens) ? "chatgpt" : impliedMode(document));
  if (mode !== "chatgpt") throw otherSignIn(mode);
  if (tokens === undefined || tokens === null) return undefined;
  if (!isJsonObject(tokens)) throw malformed('the member "tokens" is not an object');
  const accessToken = readString(tokens, "access_token");
  const refreshToken = readString(tokens, "refresh_token");
  if (accessToken === undefined && refreshToken === undefined) {
    throw malformed('the member "tokens" holds neither an access token nor a refresh token');
  }
  const idToken = readString(tokens, "id_token");
  const { accountId, planType, email } = accountInfoOf({ accessToken: accessToken ?? "", idToken });
  return {
    accessToken: accessToken ?? "",
    refreshToken: refreshToken ?? "",
    expiresAt: tokenExpiry(accessToken ?? "") ?? assumedExpiry(document),
    accountId: readString(tokens, "account_id") ?? accountId ?? "",
    ...optional("idToken", idToken),
    ...optional("planType", planType),
    ...optional("email", email),
  };
}

/** What the CLI takes a document for that does not say it. */
function impliedMode(document: JsonObject): string {
  if (readString(document, "personal_access_token") !== undefined) return "personalAccessToken";
  if (readString(document, "bedrock_api_key") !== undefined) return "bedrockApiKey";
  return readString(document, "OPENAI_API_KEY") === undefined ? "chatgpt" : "apikey";
}

/** 0, which is unknown, where the document does not say when the tokens were renewed. */
function assumedExpiry(document: JsonObject): number {
  const lastRefresh = Date.parse(readString(document, "last_refresh") ?? "");
  return Number.isNaN(lastRefresh) ? 0 : Math.floor(lastRefresh / 1000) + ASSUMED_LIFETIME_SECONDS;
}

function withTokens(credentials: Credentials, previous: JsonObject | undefined, nowMs: number): JsonObject {
  const { accessToken, refreshToken, idToken, accountId } = credentials;
  if (idToken === undefined) {
    throw new AxioError(
      "store-unavailable",
      "The official CLI's auth.json cannot hold this sign-in: it has no ID token, without which the CLI could not read it. " +
        "Sign in again, or choose another store.",
    );
  }
  const before = previous?.["tokens"];
  // What the CLI knows of one account must not be said of another.
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
    // Without it the CLI takes the tokens for none.
    last_refresh: new Date(nowMs).toISOString(),
  };
}

/** Nothing, unless another sign-in is there. */
function withoutTokens(previous: JsonObject = {}): JsonObject | undefined {
  if (!OTHER_SIGN_INS.some((name) => (previous[name] ?? null) !== null)) return undefined;
  const { auth_mode: _mode, tokens: _tokens, last_refresh: _lastRefresh, ...others } = previous;
  return others;
}

function otherSignIn(mode: string): AxioError {
  const kind = mode === "apikey" ? "an API key" : `the method ${JSON.stringify(mode)}`;
  return new AxioError(
    "store-unavailable",
    `The official CLI is signed in with ${kind} and not with ChatGPT, and its file is left as it is. ` +
      "Run `codex login` to change that, or sign in with axio's own store.",
  );
}

function malformed(what: string): AxioError {
  return new AxioError("credentials-malformed", what);
}
