/**
 * Every address, id, limit and default of "Sign in with ChatGPT" and of the API behind it, once. The facts are those of
 * OpenAI's documentation (developers.openai.com/siwc, autumn of 2026).
 */

/** Who issues the tokens. Compared as it is: no slash at the end. */
export const ISSUER = "https://auth.openai.com";

/** The API, and what the tokens are asked for (`resource`, RFC 8707). */
export const API_BASE_URL = "https://api.openai.com/v1";

/** Where a person sees and limits what apps use of the plan. */
export const USAGE_PAGE = "https://chatgpt.com/settings/usage";

/** How far this machine's clock may be off when a token's times are judged, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;
