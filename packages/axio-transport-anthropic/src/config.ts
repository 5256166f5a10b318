/** The version of this package. */
export const VERSION = "0.1.0";

/** The product in the `User-Agent`. */
export const PRODUCT: string = `axio/${VERSION}`;

/** The name that users see. */
export const TRANSPORT_NAME = "Claude (Anthropic)";

/** The name of the provider in settings and file names. */
export const PROVIDER_NAME = "anthropic";

/** The host of Anthropic's own API. */
export const API_HOST = "api.anthropic.com";

/** The API, unless a caller or the environment names another one. */
export const BASE_URL: string = `https://${API_HOST}/v1`;

/** The version of the API, which each request states. */
export const API_VERSION = "2023-06-01";

/** The environment variable of the API key. */
export const KEY_VARIABLE = "ANTHROPIC_API_KEY";

/** The environment variable of the base URL. Official clients read the same one, without `/v1`. */
export const URL_VARIABLE = "ANTHROPIC_BASE_URL";

/** Where users get an API key. */
export const KEY_PAGE = "https://console.anthropic.com/settings/keys";

/** Where users see what they used. */
export const USAGE_PAGE = "https://console.anthropic.com/settings/usage";

/** The most requests with which a response that the provider paused is continued. */
export const MAX_CONTINUATIONS = 5;
