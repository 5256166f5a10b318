import type { AxioError, ReasoningOptions, StreamRequest, TransportEvent } from "axio";
import { fromBatches } from "axio/transport";
import type { ApiKeyCredentials } from "axio-auth";
import { defaultFetch } from "axio-http";
import {
  ApiService,
  ApiTransport,
  type CredentialSource,
  checkOptions,
  type ServiceConfig,
  userAgent,
} from "axio-transport-kit";
import { API_VERSION, PRODUCT, PROVIDER_NAME, TRANSPORT_NAME } from "./config.ts";
import { type ContinuedRequest, continuePaused } from "./continue-paused.ts";
import { ANTHROPIC_MODELS, DEFAULT_MODEL, loadModels } from "./models/model-list.ts";
import {
  ANTHROPIC_OPTION_NAMES,
  type AnthropicTransportOptions,
  baseUrlOf,
  checkLimits,
  isOwnHost,
} from "./options.ts";
import { readRateLimits } from "./rate-limits.ts";
import { type MessagesCall, MessagesWire } from "./wire/messages-wire.ts";

/** Creates what provides the key. Compatible servers may need none. */
export type CreateSession = (isAnthropic: boolean) => CredentialSource<ApiKeyCredentials>;

/** The transport to Claude without the places of a key, which differ between runtimes. */
export class MessagesTransport extends ApiTransport<ApiKeyCredentials> {
  readonly #reasoning: ReasoningOptions | undefined;

  /** @throws AxioError `invalid-argument` and `unsupported-parameter`, as the transports. */
  constructor(options: AnthropicTransportOptions, createSession: CreateSession) {
    checkOptions("AnthropicTransport", options, ANTHROPIC_OPTION_NAMES);
    checkLimits(options);
    const { reasoning, ...others } = options;
    super(new ApiService<ApiKeyCredentials>(serviceConfig(options, createSession), others));
    this.#reasoning = reasoning;
  }

  /** Streams a response. One that the provider pauses for its tools is continued, up to five times. */
  override stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    const stream = (part: ContinuedRequest): AsyncIterable<TransportEvent> => super.stream(part);
    return fromBatches(() => continuePaused(request, stream));
  }

  override unsupportedSettings(request: StreamRequest): readonly AxioError[] {
    return super.unsupportedSettings({ ...request, reasoning: { ...this.#reasoning, ...request.reasoning } });
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

function serviceConfig(
  options: AnthropicTransportOptions,
  createSession: CreateSession,
): ServiceConfig<ApiKeyCredentials> {
  const baseUrl = baseUrlOf(options);
  const { isAnthropic = isOwnHost(baseUrl), authToken, headers = {} } = options;
  const agent = userAgent(PRODUCT);
  return {
    name: TRANSPORT_NAME,
    provider: "anthropic",
    providerKey: PROVIDER_NAME,
    baseUrl,
    session: createSession(isAnthropic),
    fetch: options.fetch ?? defaultFetch(),
    headers: ({ apiKey }) => ({
      ...(agent === "" ? {} : { "User-Agent": agent }),
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
    models: { load: loadModels, builtIn: ANTHROPIC_MODELS, defaultId: DEFAULT_MODEL },
  };
}
