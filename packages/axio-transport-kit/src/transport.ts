/// <reference lib="esnext.disposable" preserve="true" />
import {
  AxioError,
  type CompletionTransport,
  type ModelRegistry,
  type ModelSpec,
  type RateLimits,
  type StreamRequest,
  type TransportEvent,
  throwIfAborted,
} from "axio";
import { checkGeneration, generationSettingsIn } from "axio/internal";
import { fromBatches } from "axio/transport";
import { type RetryPolicy, retryPolicy } from "axio-http";
import { hideTokens, responseDetails, withDeadline } from "axio-http/internal";
import { sha256 } from "#sha256";
import { AccountModels } from "./account-models.ts";
import { assertEffort, fitContent } from "./check-request.ts";
import type { Call, Connection, OpenedResponse } from "./connection.ts";
import { CallTrace } from "./diagnostics.ts";
import { explainHostedTools } from "./errors.ts";
import { HttpConnection } from "./http-connection.ts";
import { type EventDecoder, retryStream } from "./retry-stream.ts";
import type { ApiService } from "./service.ts";
import { type RefuseSetting, settingErrors } from "./settings.ts";

type Batches = AsyncGenerator<readonly TransportEvent[], void, undefined>;

/** Conversation ids that services accept, in a header and as the key of their cache. */
const VALID_CONVERSATION_ID = /^[\w.:-]{1,64}$/;

/**
 * The transport to an HTTP API. All that is particular to one service is data: see {@link ServiceConfig}. How its requests and
 * responses are worded is its {@link WireFormat}.
 *
 * @example
 * ```ts no-run
 * import { ApiService, ApiTransport, type ServiceConfig } from "axio-transport-kit";
 *
 * declare const config: ServiceConfig<{ readonly apiKey: string }>;
 * const transport = new ApiTransport(new ApiService(config, { model: "large" }));
 * ```
 */
export class ApiTransport<C extends object> implements CompletionTransport, Disposable {
  readonly name: string;
  readonly provider: string | undefined;
  readonly #service: ApiService<C>;
  readonly #connection: Connection;
  readonly #models: AccountModels<C>;
  readonly #policy: RetryPolicy;
  /** The messages of the warnings that were reported. */
  readonly #reported = new Set<string>();

  /**
   * @param connection Default: a POST for each request.
   * @throws AxioError `invalid-argument` for an empty model id or invalid retry options.
   */
  constructor(service: ApiService<C>, connection: Connection = new HttpConnection(service)) {
    const { config, options } = service;
    this.name = options.name ?? config.name;
    this.provider = config.provider;
    this.#service = service;
    this.#connection = connection;
    this.#models = new AccountModels(service);
    this.#policy = retryPolicy(options.retry);
  }

  get model(): ModelSpec {
    return this.#models.default;
  }

  get models(): ModelRegistry {
    return this.#models.list;
  }

  /** The newest rate limits of the account; `undefined` until a response states them. */
  get rateLimits(): RateLimits | undefined {
    return this.#service.rateLimits;
  }

  stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    const { deadlineMs } = this.#service.options;
    return fromBatches(() =>
      deadlineMs === undefined
        ? this.#stream(request)
        : withDeadline(deadlineMs, request.signal, (signal) => this.#stream({ ...request, signal })),
    );
  }

  /**
   * Requests the models of the account; `models` has them afterwards. A list is valid for 5 minutes, unless a response
   * announces another one. If it is not available, `models` is the list of the options, or else the built-in one.
   *
   * @throws AxioError `aborted`.
   */
  fetchModels({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<ModelRegistry> {
    return this.#models.fetch(signal);
  }

  /**
   * Has the service count the input tokens of a request. Nothing is generated.
   *
   * @throws AxioError `invalid-argument` if the service does not count tokens; otherwise as `stream`, but nothing is retried.
   */
  async countTokens(request: StreamRequest): Promise<number> {
    const { wire, session } = this.#service.config;
    const { tokenCount } = wire;
    if (tokenCount === undefined) {
      throw new AxioError(
        "invalid-argument",
        `${this.name} does not count tokens. Use estimateTokens() of axio instead.`,
      );
    }
    const call = await this.prepare(request);
    const { signal } = call;
    const body = this.#service.buildBody(call, await session.get({ signal }));
    const url = this.#service.endpoint(tokenCount.path(call));
    const response = await this.#service.getJson(url, { body: tokenCount.toBody(body), signal, call });
    const tokens = tokenCount.read(response.body);
    if (tokens !== undefined) return tokens;
    throw new AxioError("protocol", `${url.host} did not say how many tokens the request has. Try again.`, {
      details: { url: `${url.origin}${url.pathname}` },
    });
  }

  unsupportedSettings(request: StreamRequest): readonly AxioError[] {
    if (generationSettingsIn(request).length === 0) return [];
    const reasoning = { ...this.#service.options.reasoning, ...request.reasoning };
    return this.#settingErrors({ ...request, model: this.#models.describe(request.model), reasoning });
  }

  /** Closes the connections that are kept for later calls. Has no effect on a transport without such connections. */
  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Resolves the model and the defaults of a request, and checks what can be checked before sending. */
  protected async prepare(request: StreamRequest): Promise<Call> {
    const { options, config } = this.#service;
    throwIfAborted(request.signal);
    checkGeneration("the request", request);
    const model = await this.#models.resolve(request.model, request.signal);
    const { effort = options.reasoning?.effort, summary = options.reasoning?.summary } =
      request.reasoning ?? {};
    assertEffort(model, effort);
    const adapted = config.adaptRequest?.(request) ?? request;
    return {
      ...adapted,
      model,
      reasoning: {
        ...options.reasoning,
        effort,
        // A model that does not reason rejects the request for a summary.
        summary: summary ?? (model.capabilities.includes("reasoning") ? "auto" : undefined),
      },
      messages: fitContent(model, this.#models.list, adapted.messages, config.wire.key),
      conversationId: conversationKey(options.conversationId ?? request.conversationId),
    };
  }

  async *#stream(request: StreamRequest): Batches {
    if (request.messages.length === 0) {
      throw new AxioError(
        "invalid-argument",
        "The prompt and the history are empty. Send a text, an image or a file.",
      );
    }
    const call = await this.prepare(request);
    this.#report(call);
    const { signal, tools } = call;
    const { options, config } = this.#service;
    const url = this.#service.endpoint(config.wire.path(call));
    const trace = CallTrace.begin({
      model: call.model.id,
      url: url.href,
      conversationId: call.conversationId,
    });
    // Rarely needed, and creating and aborting one is a noticeable part of a short call.
    let leaving: AbortController | undefined;
    const updates: Promise<void>[] = [];
    const remember = (headers: Headers): void => {
      this.#connection.remember?.(headers, call);
      const update = this.#models.noteVersion(headers, () => {
        leaving ??= new AbortController();
        return leaving.signal;
      });
      if (update !== undefined) updates.push(update);
    };
    try {
      yield* retryStream(call, {
        connection: this.#connection,
        policy: this.#policy,
        read: (response) => {
          remember(response.headers);
          return this.#decoder(call, response, remember);
        },
        onRetry: options.onRetry,
        trace,
      });
      // The list was requested while the response came: usually it is here.
      await Promise.all(updates);
    } catch (error) {
      trace?.fail(error);
      if (!AxioError.is(error)) throw error;
      if (error.code !== "model-not-supported") throw this.#service.explain(explainHostedTools(error, tools));
      throw await this.#models.explain(error, signal);
    } finally {
      leaving?.abort();
      await Promise.all(updates);
      trace?.end();
    }
  }

  /** Sends a call once, over a connection of its own, and discards its events. */
  protected async sendOnce(call: Call, connection: Connection): Promise<void> {
    const policy = { ...this.#policy, maxRetries: 0 };
    const read = (response: OpenedResponse): EventDecoder => this.#decoder(call, response);
    for await (const _ of retryStream(call, { connection, policy, read }));
  }

  #settingErrors(call: Call): readonly AxioError[] {
    const { wire, unsupportedParameters } = this.#service.config;
    return settingErrors(call, wire.refuseSetting?.bind(wire) ?? refuseAll(unsupportedParameters?.reason));
  }

  #decoder(
    call: Call,
    { status, headers, origin, hideSecrets = hideTokens }: OpenedResponse,
    remember: (headers: Headers) => void = () => {},
  ): EventDecoder {
    const { wire, providerKey } = this.#service.config;
    const url = this.#service.endpoint(wire.path(call));
    return wire.createDecoder(call, {
      origin,
      providerKey,
      // Needed only for an error.
      get details() {
        return responseDetails(status, headers, url);
      },
      hideSecrets,
      onHeaders: remember,
      onRateLimits: (rateLimits) => this.#service.mergeRateLimits(rateLimits),
    });
  }

  /**
   * Reports what is not sent as the caller wants it, once. Not before the first call, because a caller who is warned may need
   * the transport.
   *
   * @throws AxioError the first setting that is not sent or schema that cannot be enforced, with `strict`.
   */
  #report(call: Call): void {
    const { rejectedParameters, options, config } = this.#service;
    const unenforced = [...this.#settingErrors(call), ...(config.wire.warnings?.(call) ?? [])];
    const [error] = unenforced;
    if (options.strict === true && error !== undefined) throw error;
    for (const warning of [...rejectedParameters, ...unenforced]) {
      if (this.#reported.has(warning.message)) continue;
      this.#reported.add(warning.message);
      options.onWarning?.(warning);
    }
  }
}

/** The answer of a service that accepts no settings. */
function refuseAll(reason = "The service does not accept it."): RefuseSetting {
  return () => reason;
}

/** Returns the id of a conversation as the service accepts it. Another id is replaced by its hash, always the same. */
function conversationKey(conversationId: string | undefined): string | undefined {
  if (conversationId === undefined || VALID_CONVERSATION_ID.test(conversationId)) return conversationId;
  return sha256(conversationId);
}
