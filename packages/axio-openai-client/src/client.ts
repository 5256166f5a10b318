import { AxioError, type CompletionTransport } from "axio";
import type { Unsupported } from "axio-inbound";
import { createHandler } from "./server/handler.ts";
import { ReasoningCache } from "./server/reasoning-cache.ts";
import { MemoryResponseStore, type ResponseStore } from "./server/response-store.ts";
import { toServedRequest } from "./server/served-request.ts";

/** Options of {@link axioOpenAI} and {@link createOpenAIFetch}. */
export interface OpenAIFetchOptions {
  /** Stores responses for `previous_response_id`. Default: a {@link MemoryResponseStore}. */
  readonly store?: ResponseStore | undefined;
  /** Refuses requests that ask for something that has no effect, such as `temperature`. Default: `false`. */
  readonly strict?: boolean | undefined;
  /** Sends reasoning to `chat.completions` as `reasoning_content`, which the client's types do not have. Default: `false`. */
  readonly showReasoning?: boolean | undefined;
  /** Other names of models: `{ "gpt-4o": "gpt-5.5" }`. Default: none. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** Called for each request that asks for something that has no effect. Default: only the header `axio-warnings` says so. */
  readonly onUnsupported?: ((unsupported: readonly Unsupported[]) => void) | undefined;
}

/** The options of the official client that make it use a transport. */
export interface OpenAIClientOptions {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  readonly apiKey: string;
  readonly baseURL: string;
  readonly maxRetries: number;
}

/**
 * Returns the options that make the official `openai` client send its requests through a transport. Nothing leaves the
 * process but the requests of the transport.
 *
 * `responses.create`, `responses.stream` and `responses.parse`, with `previous_response_id`, `chat.completions` and `models` work
 * with versions 6 and 7 of the client.
 *
 * @throws AxioError `invalid-argument` if `transport` is not one.
 * @see https://github.com/openai/openai-node
 * @example
 * ```ts
 * import OpenAI from "openai";
 * import { axioOpenAI } from "axio-openai-client";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const client = new OpenAI(axioOpenAI(new CodexTransport()));
 * const response = await client.responses.create({ model: "gpt-5.5", input: "Hello" });
 * console.log(response.output_text);
 * ```
 */
export function axioOpenAI(
  transport: CompletionTransport,
  options: OpenAIFetchOptions = {},
): OpenAIClientOptions {
  return {
    fetch: createOpenAIFetch(transport, options),
    apiKey: "axio",
    baseURL: "http://axio.invalid/v1",
    // The transport retries.
    maxRetries: 0,
  };
}

/**
 * Creates a `fetch` that answers requests of OpenAI's APIs with a transport, whatever their host is.
 *
 * @throws AxioError `invalid-argument` if `transport` is not one.
 */
export function createOpenAIFetch(
  transport: CompletionTransport,
  options: OpenAIFetchOptions = {},
): OpenAIClientOptions["fetch"] {
  // Without types, anything may arrive here.
  if (typeof (transport as { stream?: unknown } | undefined)?.stream !== "function")
    throw new AxioError(
      "invalid-argument",
      "The first argument is not a transport. Pass one, such as a CodexTransport.",
    );
  const handle = createHandler({
    transport,
    store: options.store ?? new MemoryResponseStore(),
    reasoningCache: new ReasoningCache(),
    strict: options.strict ?? false,
    showReasoning: options.showReasoning ?? false,
    failsBody: true,
    aliases: options.aliases ?? {},
    onUnsupported: options.onUnsupported ?? (() => undefined),
    onError: () => undefined,
  });
  return async (input, init) => await handle(toServedRequest(input, init));
}
