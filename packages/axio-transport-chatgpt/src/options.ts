import { AxioError } from "axio";
import type { CredentialStore } from "axio-auth";
import { MemoryCredentialStore } from "axio-auth/internal";
import { assertSecureUrl, type RetryOptions } from "axio-http";
import { type OptionNames, RESPONSES_OPTION_NAMES, type ResponsesTransportOptions } from "axio-transport-kit";
import { BASE_URL } from "./config.ts";
import type { ChatGPTCredentials } from "./credentials.ts";
import { defaultStore } from "./profile-store.ts";

/**
 * The options of a {@link ChatGPTTransport}. All are optional: by default it uses the sign-in of `axio-chatgpt login`.
 *
 * A used-up plan is never waited for, since the service does not say when it resets.
 */
export interface ChatGPTTransportOptions
  extends Omit<ResponsesTransportOptions<ChatGPTCredentials>, "retry"> {
  /** How often and how long a failed call is retried. */
  readonly retry?: Omit<RetryOptions, "waitForUsageLimit"> | undefined;
  /**
   * Where the registration and its credentials are stored, or what `login()` returned, which is then kept in memory; see
   * `onAuthRefresh`. Default: where `axio-chatgpt login` stores them.
   */
  readonly credentials?: CredentialStore<ChatGPTCredentials> | ChatGPTCredentials | undefined;
  /** The API: https, or http on a loopback address. Default: `https://api.openai.com/v1`. */
  readonly baseUrl?: string | URL | undefined;
  /** The token issuer: https, or http on a loopback address. Default: `https://auth.openai.com`. */
  readonly issuer?: string | URL | undefined;
}

/** The names of {@link ChatGPTTransportOptions}. */
export const CHATGPT_OPTION_NAMES: OptionNames<ChatGPTTransportOptions> = {
  ...RESPONSES_OPTION_NAMES,
  credentials: true,
  baseUrl: true,
  issuer: true,
};

/** Returns the credential store that options ask for. */
export function storeOf({ credentials }: ChatGPTTransportOptions): CredentialStore<ChatGPTCredentials> {
  if (credentials === undefined) return defaultStore();
  return "load" in credentials ? credentials : new MemoryCredentialStore<ChatGPTCredentials>(credentials);
}

/**
 * Returns the URL of the API.
 *
 * @throws AxioError `invalid-argument` for an insecure URL, and for the ChatGPT backend, which does not accept this sign-in.
 */
export function baseUrlOf({ baseUrl = BASE_URL }: ChatGPTTransportOptions): URL {
  const url = assertSecureUrl(baseUrl, "The baseUrl");
  if (!url.pathname.includes("/backend-api")) return url;
  throw new AxioError(
    "invalid-argument",
    "The baseUrl is the ChatGPT backend, which does not accept a sign-in with ChatGPT. Omit it.",
  );
}
