import { AxioError } from "axio";
import { type CredentialStore, MemoryCredentialStore } from "axio-auth";
import { assertSecureUrl } from "axio-http";
import type { ResponsesTransportOptions } from "axio-transport-kit";
import { API_BASE_URL } from "./config.ts";
import type { ChatGPTCredentials } from "./credentials.ts";
import { defaultStore } from "./profile-store.ts";

/**
 * What makes a {@link ChatGPTTransport}. Everything may be left out: then it uses the sign-in of `axio-chatgpt login`.
 *
 * A used-up plan is never waited for: nobody says when it may be used again.
 */
export interface ChatGPTTransportOptions
  extends Omit<ResponsesTransportOptions<ChatGPTCredentials>, "waitForLimit"> {
  /** The name that people see. Default `"ChatGPT plan"`. */
  readonly name?: string;
  /**
   * Where the registration and its sign-in are kept, or what `login()` gave, which is then kept in memory; see
   * `onAuthRefresh`. Default: where `axio-chatgpt login` keeps it.
   */
  readonly credentials?: CredentialStore<ChatGPTCredentials> | ChatGPTCredentials;
  /** The API: https, or http on this machine only. Default `https://api.openai.com/v1`. */
  readonly baseUrl?: string | URL;
  /** Who issues the tokens: https, or http on this machine only. Default `https://auth.openai.com`. */
  readonly issuer?: string | URL;
}

/** Chooses where the sign-in comes from. */
export function storeOf({ credentials }: ChatGPTTransportOptions): CredentialStore<ChatGPTCredentials> {
  if (credentials === undefined) return defaultStore();
  return "load" in credentials ? credentials : new MemoryCredentialStore<ChatGPTCredentials>(credentials);
}

/**
 * Checks the address of the API.
 *
 * @throws AxioError `invalid-argument` for an unsafe one, and for the ChatGPT backend, which takes no such sign-in.
 */
export function baseUrlOf({ baseUrl = API_BASE_URL }: ChatGPTTransportOptions): URL {
  const url = assertSecureUrl(baseUrl, "The baseUrl");
  if (!url.pathname.includes("/backend-api")) return url;
  throw new AxioError(
    "invalid-argument",
    "The baseUrl is the ChatGPT backend, which a sign-in with ChatGPT must not be used for. Leave it out.",
  );
}
