import { AxioError } from "axio";
import type { ApiKeyCredentials, CredentialStore } from "axio-auth";
import { assertSecureUrl } from "axio-http";
import { type OptionNames, TRANSPORT_OPTION_NAMES, type TransportOptions } from "axio-transport-kit";
import { API_HOST, BASE_URL, URL_VARIABLE } from "./config.ts";
import type { CacheOptions, ThinkingDisplay, ThinkingOption } from "./request/options.ts";

/** The options of an `AnthropicTransport`. */
export interface AnthropicTransportOptions
  extends Omit<TransportOptions<ApiKeyCredentials>, "onAuthRefresh"> {
  /** The API key. Default: `ANTHROPIC_API_KEY`, or else the key of `axio-anthropic login`. */
  readonly apiKey?: string | undefined;
  /** A token for the header `Authorization`, for gateways that want one. Default: none. */
  readonly authToken?: string | undefined;
  /** Where the API key is stored. It then comes before the environment. Default: the default profile. */
  readonly credentials?: CredentialStore<ApiKeyCredentials> | undefined;
  /** The API, with or without `/v1`. Default: `ANTHROPIC_BASE_URL`, or else `https://api.anthropic.com`. */
  readonly baseUrl?: string | URL | undefined;
  /**
   * Whether the server has all that Anthropic's own API has: betas, eager tool input, structured output. Default: whether it
   * is `api.anthropic.com`. For a gateway to it, pass `true`.
   */
  readonly isAnthropic?: boolean | undefined;
  /** More headers of each request. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The longest response, in tokens. Default: 32,000, or the model's maximum if that is less. */
  readonly maxTokens?: number | undefined;
  /** Whether and how models think, beside the reasoning effort. Default: `"auto"`. */
  readonly thinking?: ThinkingOption | undefined;
  /** How much of their thinking models show. Default: a summary; nothing with `reasoning: { summary: "none" }`. */
  readonly display?: ThinkingDisplay | undefined;
  /** How prompts are cached; `false` caches nothing. Default: for 5 minutes. */
  readonly cache?: CacheOptions | false | undefined;
  /** Betas in addition to those that a request needs. Default: none. */
  readonly betas?: readonly string[] | undefined;
  /** The environment. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const { onAuthRefresh: _, ...SHARED_NAMES } = TRANSPORT_OPTION_NAMES;

/** The names of {@link AnthropicTransportOptions}. */
export const ANTHROPIC_OPTION_NAMES: OptionNames<AnthropicTransportOptions> = {
  ...SHARED_NAMES,
  apiKey: true,
  authToken: true,
  credentials: true,
  baseUrl: true,
  isAnthropic: true,
  headers: true,
  maxTokens: true,
  thinking: true,
  display: true,
  cache: true,
  betas: true,
  env: true,
};

/** @throws AxioError `invalid-argument` for a limit that is not a number of tokens. */
export function checkLimits({ maxTokens, thinking }: AnthropicTransportOptions): void {
  assertTokens("maxTokens", maxTokens, 0);
  if (typeof thinking === "object") assertTokens("thinking.budgetTokens", thinking.budgetTokens, 1024);
}

function assertTokens(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return;
  throw new AxioError(
    "invalid-argument",
    `${name} is ${String(value)}. Give a whole number from ${least}, or omit it.`,
  );
}

/**
 * Returns the URL of the API, which ends in `/v1`.
 *
 * @throws AxioError `invalid-argument` for a URL that a key must not be sent to.
 */
export function baseUrlOf({ baseUrl, env = process.env }: AnthropicTransportOptions): URL {
  const fromEnvironment = env[URL_VARIABLE]?.trim();
  const [given, name] =
    baseUrl !== undefined || !fromEnvironment
      ? [baseUrl ?? BASE_URL, "The baseUrl"]
      : [fromEnvironment, URL_VARIABLE];
  const url = new URL(assertSecureUrl(given, name));
  const path = url.pathname.replace(/\/+$/, "").replace(/\/messages$/, "");
  url.pathname = /\/v\d+$/.test(path) ? path : `${path}/v1`;
  return url;
}

/** Whether a URL is that of Anthropic's own API. */
export function isOwnHost({ hostname }: URL): boolean {
  return hostname === API_HOST;
}
