import type { ReasoningOptions, StreamRequest, TransportEvent } from "axio";
import { fromBatches } from "axio/transport";
import type { ApiKeyCredentials } from "axio-auth";
import { defaultFetch } from "axio-http";
import { ApiService, ApiTransport, checkOptions, type ServiceConfig, userAgent } from "axio-transport-kit";
import { API_VERSION, PRODUCT, PROVIDER_NAME, TRANSPORT_NAME } from "./config.ts";
import { type ContinuedRequest, continuePaused } from "./continue-paused.ts";
import { keySession } from "./key-session.ts";
import { BUILT_IN_MODELS, DEFAULT_MODEL, loadModels } from "./models/model-list.ts";
import {
  ANTHROPIC_OPTION_NAMES,
  type AnthropicTransportOptions,
  baseUrlOf,
  checkLimits,
  isOwnHost,
} from "./options.ts";
import { readRateLimits } from "./rate-limits.ts";
import { type MessagesCall, MessagesWire } from "./wire/messages-wire.ts";

/**
 * The transport to Claude: Anthropic's Messages API, or a server that speaks like it.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { AnthropicTransport } from "axio-transport-anthropic";
 *
 * const agent = new Agent({ transport: new AnthropicTransport() });
 * console.log((await agent.run("Explain the Rust borrow checker.")).text);
 * ```
 */
export class AnthropicTransport extends ApiTransport<ApiKeyCredentials> {
  readonly #reasoning: ReasoningOptions | undefined;

  /**
   * @throws AxioError `invalid-argument` for unknown or invalid options; `unauthenticated` for a token of a Claude
   *   subscription; `unsupported-parameter` with `strict`, for the first of `parameters` that cannot be sent.
   */
  constructor(options: AnthropicTransportOptions = {}) {
    checkOptions(options, ANTHROPIC_OPTION_NAMES);
    checkLimits(options);
    const { reasoning, ...others } = options;
    super(new ApiService<ApiKeyCredentials>(serviceConfig(options), others));
    this.#reasoning = reasoning;
  }

  /** Streams a response. One that the provider pauses for its tools is continued, up to five times. */
  override stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    const stream = (part: ContinuedRequest): AsyncIterable<TransportEvent> => super.stream(part);
    return fromBatches(() => continuePaused(request, stream));
  }

  /**
   * Resolves the model and the defaults of a request. A reasoning effort that the model does not have is replaced when the
   * body is built.
   */
  protected override async prepare(request: ContinuedRequest): Promise<MessagesCall> {
    const reasoning = { ...this.#reasoning, ...request.reasoning };
    const call = await super.prepare({ ...request, reasoning: undefined });
    return { ...call, reasoning, continues: request.continues };
  }
}

function serviceConfig(options: AnthropicTransportOptions): ServiceConfig<ApiKeyCredentials> {
  const baseUrl = baseUrlOf(options);
  const { isAnthropic = isOwnHost(baseUrl), authToken, headers = {} } = options;
  const agent = userAgent(PRODUCT);
  return {
    name: TRANSPORT_NAME,
    provider: "anthropic",
    providerKey: PROVIDER_NAME,
    baseUrl,
    session: keySession(options, isAnthropic),
    fetch: options.fetch ?? defaultFetch(),
    headers: ({ apiKey }) => ({
      "User-Agent": agent,
      "anthropic-version": API_VERSION,
      ...(apiKey === "" ? {} : { "x-api-key": apiKey }),
      ...(authToken === undefined ? {} : { Authorization: `Bearer ${authToken}` }),
      ...headers,
    }),
    accountOf: ({ apiKey }) => `${baseUrl.host}\n${apiKey}`,
    wire: new MessagesWire({
      ...options,
      host: baseUrl.host,
      isAnthropic,
      onWarning: (warning) => options.onWarning?.(warning),
    }),
    readRateLimits,
    models: { load: loadModels, builtIn: BUILT_IN_MODELS, defaultId: DEFAULT_MODEL },
  };
}
