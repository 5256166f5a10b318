import type { ApiKeyCredentials } from "axio-auth";
import { globalFetch } from "axio-http/internal";
import { ApiTransport, checkOptions, keySession, type ProvidedKey } from "axio-transport-kit";
import { SERVER_OPTION_NAMES, type ServerTransportOptions } from "./options.ts";
import { presetOf } from "./servers/preset-of.ts";
import { createService } from "./service.ts";

export { SERVERS } from "./servers/servers.ts";

/** The options of the transport for browsers and edge runtimes. */
export interface EdgeTransportOptions
  extends Omit<ServerTransportOptions, "apiKey" | "credentials" | "transport"> {
  /**
   * The key, or a function that returns it: before each request, and again after a 401. A web page that has a key shows it to
   * its users; let the function fetch a short-lived one from your server, or send requests to a gateway. Default: none.
   */
  readonly apiKey?: ProvidedKey | undefined;
}

/**
 * The transport to OpenAI's API, or to a server that speaks like it, for browsers and edge runtimes: it imports no module of
 * Node.js, reads no environment and stores nothing.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { OpenAITransport } from "axio-transport-openai/edge";
 *
 * const transport = new OpenAITransport({
 *   apiKey: async () => (await fetch("/api/token")).text(),
 *   model: "gpt-6.2-sol",
 * });
 * const agent = new Agent({ transport });
 * ```
 */
export class OpenAITransport extends ApiTransport<ApiKeyCredentials> {
  /** @throws AxioError `invalid-argument` for unknown or invalid options; `unsupported-parameter` with `strict`. */
  constructor({ apiKey = "", server, ...options }: EdgeTransportOptions = {}) {
    checkOptions("OpenAITransport", { ...options, server }, SERVER_OPTION_NAMES);
    const isOpenAI = server === undefined && options.baseUrl === undefined;
    super(
      ...createService(
        presetOf(isOpenAI ? "openai" : server),
        { fetch: globalFetch, ...options },
        {
          env: {},
          createSession: () => keySession(apiKey),
        },
      ),
    );
  }
}
