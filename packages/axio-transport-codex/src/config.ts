/**
 * Every address, id, header name, limit and default of the Codex backend and its sign-in, once.
 * The facts are the official CLI's own; where they are known from elsewhere, a comment says so.
 */

/** The version of this package. */
export const VERSION = "0.1.0";

/** What requests call this program. */
export const PRODUCT: string = `axio/${VERSION}`;

/** Who issues the tokens. */
export const ISSUER = "https://auth.openai.com";

/** The public client that the official CLI registered. The backend takes tokens of this client. */
export const CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

/** The paths below the issuer. */
export const OAUTH_PATHS = {
  authorize: "/oauth/authorize",
  token: "/oauth/token",
  revoke: "/oauth/revoke",
  deviceUserCode: "/api/accounts/deviceauth/usercode",
  deviceToken: "/api/accounts/deviceauth/token",
  deviceCallback: "/deviceauth/callback",
  devicePage: "/codex/device",
} as const;

/** What a sign-in asks for: who the person is, and a refresh token. The CLI's connector scopes are not needed. */
export const SCOPES = "openid profile email offline_access";

/** The ports that are registered for the callback, in the order in which they are tried. */
export const CALLBACK_PORTS: readonly number[] = [1455, 1457];

/** The path of the callback. */
export const CALLBACK_PATH = "/auth/callback";

/** Suffixes that the server may append to the state of an authorization request. */
export const STATE_SUFFIXES: readonly string[] = [".onboarding_entrypoint=life_sciences"];

/** The timeout of a sign-in, in milliseconds: the lifetime of a device code. */
export const LOGIN_TIMEOUT_MS: number = 15 * 60_000;

/** How long telling the server that a sign-in is over may take, in milliseconds. */
export const REVOKE_TIMEOUT_MS = 10_000;

/**
 * Who the sign-in says it comes from. The sign-in page turns names away that it does not know for this client id
 * (protocol notes in docs/decisions/0003), so this is the CLI's name.
 */
export const LOGIN_ORIGINATOR = "codex_cli_rs";

/** The claim that holds the account, in the ID token and the access token. */
export const AUTH_CLAIM = "https://api.openai.com/auth";

/** The claim that holds the profile, in the access token. */
export const PROFILE_CLAIM = "https://api.openai.com/profile";

/** The backend. */
export const BASE_URL = "https://chatgpt.com/backend-api/codex";

/** Who the requests say they come from. The backend takes honest names. */
export const ORIGINATOR = "axio";

/**
 * The version of the official CLI whose models we can use. `/models` hides from a client what is newer than it, so this
 * follows the newest CLI that the conformance run has tried.
 */
export const CLIENT_VERSION = "0.171.0";

/** The names of the headers that only this backend knows. */
export const HEADERS = {
  account: "ChatGPT-Account-ID",
  fedramp: "X-OpenAI-Fedramp",
  originator: "originator",
  session: "session-id",
  thread: "thread-id",
  clientRequest: "x-client-request-id",
  version: "version",
  turnState: "x-codex-turn-state",
  lite: "x-openai-internal-codex-responses-lite",
  betaFeatures: "x-codex-beta-features",
  modelsEtag: "x-models-etag",
} as const;

/** What a request for a WebSocket carries besides, and the version of the messages. */
export const WEB_SOCKET_HEADERS: Readonly<Record<string, string>> = {
  "OpenAI-Beta": "responses_websockets=2026-02-06",
  [HEADERS.betaFeatures]: "remote_compaction_v2",
};

/** What stands in the `client_metadata` of a message, where HTTP has a header. */
export const WEB_SOCKET_METADATA: { readonly turnState: string; readonly lite: string } = {
  turnState: HEADERS.turnState,
  lite: "ws_request_header_x_openai_internal_codex_responses_lite",
};

/** How long asking for a WebSocket may take, in milliseconds. */
export const WEB_SOCKET_CONNECT_TIMEOUT_MS = 15_000;

/** The backend ends connections after 60 minutes. A call does not begin on one that is nearly as old, in milliseconds. */
export const WEB_SOCKET_LIFE_MS: number = 55 * 60_000;

/** The name that people see. */
export const TRANSPORT_NAME = "ChatGPT (Codex)";

/** The key under which the transport keeps its own data in a block's `providerData`. */
export const PROVIDER_KEY = "codex";

/** The model where nobody chose one and the account's list is not to be had. */
export const DEFAULT_MODEL = "gpt-4.1";
