/**
 * The URLs, ids, limits and defaults of "Sign in with ChatGPT" and its API, as OpenAI documents them
 * (developers.openai.com/siwc, autumn of 2026).
 */

/** The token issuer. Compared character by character: no slash at the end. */
export const ISSUER = "https://auth.openai.com";

/** The API, and the `resource` of the tokens (RFC 8707). */
export const BASE_URL = "https://api.openai.com/v1";

/** The client id until the server has issued one. Never stored, and never used to request tokens. */
export const REGISTERING_CLIENT_ID = "dynamic_agent_client";

/** The scope that allows the use of the plan. */
export const PLAN_SCOPE = "chatgpt.tokens.use.direct";

/** The scopes of a sign-in: the identity of the user, a refresh token, and the use of the plan. */
export const SCOPES: string = `openid profile email offline_access resource.invoke ${PLAN_SCOPE}`;

/** The host of the callback. Any port is allowed. */
export const CALLBACK_HOST = "127.0.0.1";

/** The path of the callback. */
export const CALLBACK_PATH = "/auth/callback";

/** The page where users see and limit what apps use of their plan. */
export const USAGE_PAGE = "https://chatgpt.com/settings/usage";

/** The tolerance for the clock of this machine when tokens are checked, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** The timeout of a sign-in, in milliseconds. */
export const LOGIN_TIMEOUT_MS: number = 15 * 60_000;

/** The number of attempts of a sign-out after transient failures. */
export const MAX_REVOKE_ATTEMPTS = 3;

/** The timeout of one attempt, in milliseconds. */
export const REVOKE_TIMEOUT_MS = 10_000;

/** The delay before the second attempt, in milliseconds; it doubles. */
export const REVOKE_BACKOFF_MS = 300;

/** The version of this package. */
export const VERSION = "0.1.0";

/** The name that users see. */
export const TRANSPORT_NAME = "ChatGPT plan";

/** The key of the transport's own data in the `providerData` of a block. */
export const PROVIDER_KEY = "chatgpt";

/** The default model, if the account has it or its list is not available. */
export const DEFAULT_MODEL = "gpt-6.1-sol";
