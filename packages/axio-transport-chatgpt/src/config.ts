/**
 * Every address, id, limit and default of "Sign in with ChatGPT" and of the API behind it, once. The facts are those of
 * OpenAI's documentation (developers.openai.com/siwc, autumn of 2026).
 */

/** Who issues the tokens. Compared as it is: no slash at the end. */
export const ISSUER = "https://auth.openai.com";

/** The API, and what the tokens are asked for (`resource`, RFC 8707). */
export const API_BASE_URL = "https://api.openai.com/v1";

/** Stands for a client id until the server has issued one. Never kept, and never used to get tokens. */
export const REGISTERING_CLIENT_ID = "dynamic_agent_client";

/** The scope without which the plan may not be used. */
export const PLAN_SCOPE = "chatgpt.tokens.use.direct";

/** What a sign-in asks for: who the person is, a refresh token, and the use of the plan. */
export const SCOPES: string = `openid profile email offline_access resource.invoke ${PLAN_SCOPE}`;

/** Where the browser comes back to. The port may be any, the rest may not. */
export const CALLBACK_HOST = "127.0.0.1";

/** The path of the callback. */
export const CALLBACK_PATH = "/auth/callback";

/** Where a person sees and limits what apps use of the plan. */
export const USAGE_PAGE = "https://chatgpt.com/settings/usage";

/** How far this machine's clock may be off when a token's times are judged, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** How long a sign-in may take, in milliseconds. */
export const LOGIN_TIMEOUT_MS: number = 15 * 60_000;

/** How often a sign-out is told to the server, where that fails in passing. */
export const REVOKE_TRIES = 3;

/** How long one try may take, in milliseconds. */
export const REVOKE_TIMEOUT_MS = 10_000;

/** The wait before the second try, in milliseconds; it doubles. */
export const REVOKE_PAUSE_MS = 300;

/** The version of this package. */
export const VERSION = "0.1.0";

/** The name that people see. */
export const TRANSPORT_NAME = "ChatGPT plan";

/** The key under which the transport keeps its own data in a block's `providerData`. */
export const PROVIDER_KEY = "chatgpt";

/** The model where nobody chose one and the account has it, or its list is not to be had. */
export const DEFAULT_MODEL = "gpt-6.1-sol";
