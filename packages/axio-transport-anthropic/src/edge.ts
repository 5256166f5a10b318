import { globalFetch } from "axio-http/internal";
import { keySession, type ProvidedKey } from "axio-transport-kit";
import { MessagesTransport } from "./messages-transport.ts";
import type { AnthropicTransportOptions } from "./options.ts";
import { refuseSubscriptionToken } from "./refuse-subscription-token.ts";

/** The options of the transport for browsers and edge runtimes. */
export interface EdgeTransportOptions
  extends Omit<AnthropicTransportOptions, "apiKey" | "credentials" | "env"> {
  /**
   * The key, or a function that returns it: before each request, and again after a 401. A web page that has a key shows it to
   * its users; let the function fetch one from your server, or send requests to a gateway. Default: none.
   */
  readonly apiKey?: ProvidedKey | undefined;
}

/**
 * The transport to Claude for browsers and edge runtimes: it imports no module of Node.js, reads no environment and stores
 * nothing. Anthropic answers web pages only with the header `anthropic-dangerous-direct-browser-access: true`, which you set
 * with `headers`.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { AnthropicTransport } from "axio-transport-anthropic/edge";
 *
 * const transport = new AnthropicTransport({ apiKey: async () => (await fetch("/api/token")).text() });
 * const agent = new Agent({ transport });
 * ```
 */
export class AnthropicTransport extends MessagesTransport {
  /** @throws AxioError `invalid-argument` for unknown or invalid options; `unsupported-parameter` with `strict`. */
  constructor({ apiKey = "", ...options }: EdgeTransportOptions = {}) {
    super({ fetch: globalFetch, ...options, env: {} }, () => keySession(apiKey, refuseSubscriptionToken));
  }
}
