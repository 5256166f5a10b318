/**
 * The URLs, ids, header names, limits and defaults of the Codex backend and its sign-in. They are those of the official CLI,
 * unless a comment says otherwise.
 */

/** The version of this package. */
export const VERSION = "0.1.0";

/** The product in the `User-Agent`. */
export const PRODUCT: string = `axio/${VERSION}`;

/** The token issuer. */
export const ISSUER = "https://auth.openai.com";

/** The public client that the official CLI registered. The backend accepts tokens of this client. */
export const CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann";

/** The paths of the issuer. */
export const OAUTH_PATHS = {
  authorize: "/oauth/authorize",
  token: "/oauth/token",
  revoke: "/oauth/revoke",
  deviceUserCode: "/api/accounts/deviceauth/usercode",
  deviceToken: "/api/accounts/deviceauth/token",
  deviceCallback: "/deviceauth/callback",
  devicePage: "/codex/device",
} as const;

/** The scopes of a sign-in: the identity of the user, and a refresh token. The CLI's connector scopes are not needed. */
export const SCOPES = "openid profile email offline_access";

/** The registered ports of the callback, in the order of attempts. */
export const CALLBACK_PORTS: readonly number[] = [1455, 1457];

/** The path of the callback. */
export const CALLBACK_PATH = "/auth/callback";

/** Suffixes that the server may append to the state of an authorization request. */
export const STATE_SUFFIXES: readonly string[] = [".onboarding_entrypoint=life_sciences"];

/** The timeout of a sign-in, in milliseconds: the lifetime of a device code. */
export const LOGIN_TIMEOUT_MS: number = 15 * 60_000;

/** The timeout of a sign-out, in milliseconds. */
export const REVOKE_TIMEOUT_MS = 10_000;

/**
 * The client name of the sign-in. The sign-in page rejects names that it does not know for this client id (see
 * docs/decisions/0003), so this is the name of the CLI.
 */
export const LOGIN_ORIGINATOR = "codex_cli_rs";

/** The claim with the account, in the ID token and the access token. */
export const AUTH_CLAIM = "https://api.openai.com/auth";

/** The claim with the profile, in the access token. */
export const PROFILE_CLAIM = "https://api.openai.com/profile";

/** The backend. */
export const BASE_URL = "https://chatgpt.com/backend-api/codex";

/** The client name of requests. The backend accepts honest names. */
export const ORIGINATOR = "axio";

/**
 * The version of the official CLI whose models we support. `/models` hides newer models, so this is the newest CLI that the
 * conformance run has tested.
 */
export const CLIENT_VERSION = "0.171.0";

/** The names of headers that only this backend has. */
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

/** More headers of a WebSocket request, with the version of the messages. */
export const WEB_SOCKET_HEADERS: Readonly<Record<string, string>> = {
  "OpenAI-Beta": "responses_websockets=2026-02-06",
  [HEADERS.betaFeatures]: "remote_compaction_v2",
};

/** The members of `client_metadata` of a message that are headers in HTTP. */
export const WEB_SOCKET_METADATA: { readonly turnState: string; readonly lite: string } = {
  turnState: HEADERS.turnState,
  lite: "ws_request_header_x_openai_internal_codex_responses_lite",
};

/** The name that users see. */
export const TRANSPORT_NAME = "ChatGPT (Codex)";

/** The key of the transport's own data in the `providerData` of a block. */
export const PROVIDER_KEY = "codex";

/** The default model, if the account has it or its list is not available. */
export const DEFAULT_MODEL = "gpt-4.1";

/** The types of items that the backend accepts in `input`, of those that a history can have. */
export const ITEM_TYPES: ReadonlySet<string> = new Set([
  "compaction",
  "compaction_summary",
  "compaction_trigger",
  "context_compaction",
  "custom_tool_call",
  "custom_tool_call_output",
  "function_call",
  "function_call_output",
  "image_generation_call",
  "message",
  "reasoning",
  "web_search_call",
]);
