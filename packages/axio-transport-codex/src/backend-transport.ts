import { type JsonObject, type RateLimits, throwIfAborted } from "axio";
import { defaultFetch, type FetchLike } from "axio-http";
import {
  ApiService,
  ApiTransport,
  type CredentialSource,
  checkOptions,
  parseModels,
  responsesWire,
  type ServiceConfig,
  type ServiceEvent,
  userAgent,
} from "axio-transport-kit";
import { headersOfFrame } from "axio-transport-kit/internal";
import { CodexConnection, type WarmUpRequest } from "./backend/codex-connection.ts";
import { backendHeaders } from "./backend/headers.ts";
import { toLiteBody } from "./backend/lite-body.ts";
import { UNSUPPORTED_PARAMETERS } from "./backend/unsupported-parameters.ts";
import {
  CLIENT_VERSION,
  DEFAULT_MODEL,
  HEADERS,
  ITEM_TYPES,
  ORIGINATOR,
  PRODUCT,
  PROVIDER_KEY,
  TRANSPORT_NAME,
} from "./config.ts";
import type { Credentials } from "./credentials.ts";
import { codexRule } from "./errors.ts";
import { CODEX_MODELS, isLite } from "./models.ts";
import { baseUrlOf, CODEX_OPTION_NAMES, type CodexTransportOptions } from "./options.ts";
import { parseRateLimitEvent, parseRateLimitHeaders, parseUsage } from "./rate-limits.ts";

/** Creates what provides the credentials. */
export type CreateSession = (fetch: FetchLike) => CredentialSource<Credentials>;

/** The transport to the backend without the places of credentials, which differ between runtimes. */
export class BackendTransport extends ApiTransport<Credentials> {
  readonly #service: ApiService<Credentials>;
  readonly #connection: CodexConnection;

  /** @throws AxioError `invalid-argument` and `unsupported-parameter`, as the transports. */
  constructor(options: CodexTransportOptions, createSession: CreateSession) {
    checkOptions("CodexTransport", options, CODEX_OPTION_NAMES);
    const service = new ApiService<Credentials>(serviceConfig(options, createSession), options);
    const connection = new CodexConnection(service, options);
    super(service, connection);
    this.#service = service;
    this.#connection = connection;
  }

  /**
   * Opens the connection of a conversation before its first call, and has the backend read the instructions and tools. The
   * first call then sends only the message, if all else is the same. Does nothing with `transport: "sse"`.
   *
   * @throws AxioError as `stream`, but nothing is retried: the first call works without a warm-up.
   *
   * @example
   * ```ts
   * import { Agent, MemoryContextStore } from "axio";
   * import { CodexTransport } from "axio-transport-codex";
   *
   * using transport = new CodexTransport({ transport: "websocket" });
   * const system = "Be brief.";
   * const context = new MemoryContextStore();
   * await transport.warmUp({ system, tools: [], conversationId: context.id });
   * console.log((await new Agent({ system, transport }).run("Hello", { context })).text);
   * ```
   */
  async warmUp(request: WarmUpRequest): Promise<void> {
    throwIfAborted(request.signal);
    if (!this.#connection.hasWebSocket) return;
    const call = await this.prepare({ ...request, messages: [] });
    const connection = this.#connection.warmUpConnection(call);
    if (connection === undefined) return;
    try {
      await this.sendOnce(call, connection);
    } catch (error) {
      // If the server accepts no WebSocket, the first call uses HTTP.
      if (this.#connection.warmUpConnection(call) !== undefined) throw error;
    }
  }

  /**
   * Requests the rate limits of the account.
   *
   * @throws AxioError `unauthenticated`, `network`, and other errors of the backend.
   */
  async fetchRateLimits({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<RateLimits> {
    const { body } = await this.#service.getJson(this.#service.endpoint("../wham/usage"), { signal });
    const rateLimits = parseUsage(body);
    this.#service.rateLimits = rateLimits;
    return rateLimits;
  }
}

function serviceConfig(
  options: CodexTransportOptions,
  createSession: CreateSession,
): ServiceConfig<Credentials> {
  const fetch = options.fetch ?? defaultFetch();
  const identity = { originator: options.originator ?? ORIGINATOR, userAgent: userAgent(PRODUCT) };
  return {
    name: TRANSPORT_NAME,
    provider: "openai",
    providerKey: PROVIDER_KEY,
    baseUrl: baseUrlOf(options),
    session: createSession(fetch),
    fetch,
    headers: (credentials, conversationId) => backendHeaders(credentials, identity, conversationId),
    accountOf: ({ accountId }) => accountId,
    wire: responsesWire({
      ...options,
      errorRule: codexRule,
      readEvent,
      itemTypes: ITEM_TYPES,
      adaptBody: (body, { model }) => (isLite(model) ? toLiteBody(body) : body),
    }),
    readRateLimits: parseRateLimitHeaders,
    models: {
      load: async (request) =>
        parseModels(await request(`models?client_version=${CLIENT_VERSION}`), "priority"),
      etagHeader: HEADERS.modelsEtag,
      builtIn: CODEX_MODELS,
      defaultId: DEFAULT_MODEL,
    },
    unsupportedParameters: UNSUPPORTED_PARAMETERS,
  };
}

/** Reads the events of the backend that the Responses API does not have. */
function readEvent(event: JsonObject): ServiceEvent | undefined {
  switch (event["type"]) {
    case "codex.rate_limits":
      return { rateLimits: parseRateLimitEvent(event) };
    // Over a WebSocket, headers may come in messages.
    case "response.metadata":
    case "codex.response.metadata":
      return { headers: headersOfFrame(event) };
    default:
      return undefined;
  }
}
