/** The version of this package. */
export const VERSION = "0.1.0";

/** The product in the `User-Agent` header. */
export const PRODUCT = "axio-transport-openai";

/** The key of the transport's own data in the `providerData` of a block. */
export const PROVIDER_KEY = "openai-api";

/** The default model at OpenAI, if the account has it or its list is not available. */
export const DEFAULT_MODEL = "gpt-6.2-sol";

/**
 * How long a server on this machine may take until it responds, in milliseconds: the first request makes it load the model, which
 * takes minutes.
 */
export const LOCAL_RESPONSE_TIMEOUT_MS = 300_000;

/** The context of Ollama, in tokens, if nothing else is configured there. It cuts longer prompts without a word. */
export const OLLAMA_CONTEXT_TOKENS = 4_096;

/** The page where users see and limit what they use of OpenAI's API. */
export const USAGE_PAGE = "https://platform.openai.com/usage";
