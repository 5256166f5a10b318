import {
  AxioError,
  type JsonObject,
  type ModelSpec,
  type StreamRequest,
  type TransportEvent,
  throwIfAborted,
} from "axio";
import type { Credentials } from "axio-auth";
import { DEFAULT_IDLE_TIMEOUT_MS, retryStream } from "axio-http";
import {
  type AccountModels,
  assertContent,
  assertEffort,
  type Backend,
  CallTrace,
  decodeAnswer,
  isUnreadableReasoning,
  namingHostedTools,
  type OpenAnswer,
  openEventStream,
  ReasoningFilter,
  reasoningOrigin,
  retryPolicyOf,
  sessionKey,
  tagReasoning,
} from "axio-transport-kit";
import { asksForCompaction } from "../compact-on-server.ts";
import { HEADERS, WEB_SOCKET_HEADERS } from "../config.ts";
import { isLite } from "../models.ts";
import type { CodexTransportOptions } from "../options.ts";
import { encodeBody, runtimeZstd } from "./body-encoding.ts";
import { type SortedParameters, sortParameters } from "./parameters.ts";
import { requestBody } from "./request-body.ts";
import { TurnStates } from "./turn-states.ts";
import { type WebSocketCall, WebSockets } from "./web-socket/web-sockets.ts";

type Batches = AsyncGenerator<readonly TransportEvent[], void, undefined>;

/** What {@link Answers} is made of. */
export interface AnswersOptions {
  readonly backend: Backend<Credentials>;
  readonly models: AccountModels<Credentials>;
  readonly options: CodexTransportOptions;
  readonly warn: (warning: unknown) => void;
}

/** What is known of a conversation before its first message. */
export type WarmUpRequest = Omit<StreamRequest, "messages" | "turnId">;

/** What one try asks, and with what. */
interface AnswerQuestion {
  readonly url: URL;
  readonly model: ModelSpec;
  readonly sessionId: string | undefined;
  readonly body: (credentials: Credentials) => JsonObject;
  readonly onHeaders: (headers: Headers) => void;
  readonly onAnswer: (headers: Headers) => void;
}

/** The key under which this transport keeps its own data in a block's `providerData`. */
const OWNER = "codex";

/** Asks the backend for answers, and remembers between them what has to be remembered. */
export class Answers {
  readonly #backend: Backend<Credentials>;
  readonly #models: AccountModels<Credentials>;
  readonly #options: CodexTransportOptions;
  readonly #warn: (warning: unknown) => void;
  readonly #turnStates = new TurnStates();
  readonly #reasoning = new ReasoningFilter();
  readonly #webSockets: WebSockets | undefined;
  #parameters: SortedParameters;

  /** @throws AxioError `unsupported-parameter` with `strict`, for the first of `parameters` that cannot be sent. */
  constructor({ backend, models, options, warn }: AnswersOptions) {
    this.#backend = backend;
    this.#models = models;
    this.#options = options;
    this.#warn = warn;
    this.#parameters = sortParameters(options.parameters ?? {});
    const [refusal] = this.#parameters.refusals;
    this.#webSockets = wantsWebSocket(options) ? new WebSockets(backend, warn) : undefined;
    if (options.strict === true && refusal !== undefined) throw refusal;
  }

  /** Ends the connections that are kept for calls to come. */
  close(): void {
    this.#webSockets?.close();
  }

  /** The events of one answer, in batches. */
  async *stream(request: StreamRequest): Batches {
    const { signal, tools } = request;
    throwIfAborted(signal);
    const model = await this.#models.settle(signal);
    assertEffort(model, this.#options.reasoning?.effort);
    assertContent(model, this.#models.list, request.messages);
    this.#warnOfParameters();
    try {
      yield* this.#tries(request, model);
    } catch (error) {
      if (!AxioError.is(error)) throw error;
      if (error.code !== "model-not-supported") throw namingHostedTools(error, tools);
      throw await this.#models.explain(error, signal);
    }
  }

  /** Opens a conversation's connection and has the server read what comes before the first message. */
  async warmUp(request: WarmUpRequest): Promise<void> {
    const { signal } = request;
    throwIfAborted(signal);
    if (this.#webSockets === undefined) return;
    const model = await this.#models.settle(signal);
    const whole: StreamRequest = { ...request, messages: [] };
    const answer = await this.#webSockets.open({
      ...this.#webSocketCall(whole, model),
      url: this.#backend.endpoint("responses"),
      body: ({ accountId }) =>
        this.#body(whole, model, this.#sessionId(whole), reasoningOrigin(accountId, model.id)),
      facts: { turnState: undefined, isLite: isLite(model), isWarmUp: true },
      onHeaders: (headers) => this.#backend.noteLimits(headers),
      onAnswer: () => {},
    });
    if (answer === undefined) return;
    for await (const batch of answer.messages(() => false)) {
      if (batch.some((message) => isCompletion(message))) return;
    }
  }

  /** What the conversation is called to the backend. */
  #sessionId({ conversationId }: StreamRequest): string | undefined {
    const conversation = this.#options.sessionId ?? conversationId;
    return conversation === undefined ? undefined : sessionKey(conversation);
  }

  /** What every call over a WebSocket has in common. */
  #webSocketCall(
    request: StreamRequest,
    model: ModelSpec,
  ): Pick<
    WebSocketCall,
    "conversation" | "headers" | "facts" | "signal" | "idleTimeoutMs" | "connectTimeoutMs"
  > {
    const { connectTimeoutMs, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#options;
    const sessionId = this.#sessionId(request);
    return {
      conversation: sessionId ?? "",
      headers: (credentials) => ({ ...this.#backend.headers(credentials, sessionId), ...WEB_SOCKET_HEADERS }),
      facts: { turnState: this.#turnStates.get(request.turnId), isLite: isLite(model) },
      signal: request.signal,
      idleTimeoutMs,
      connectTimeoutMs,
    };
  }

  async *#tries(request: StreamRequest, model: ModelSpec): Batches {
    const { signal } = request;
    const sessionId = this.#sessionId(request);
    const url = this.#backend.endpoint("responses");
    const trace = CallTrace.begin({ model: model.id, url: url.href, sessionId });
    const leaving = new AbortController();
    let refreshing: Promise<unknown> | undefined;
    let origin: string | undefined;
    try {
      yield* retryStream(
        (attempt, progress) => {
          trace?.attempt(attempt);
          const open = (onHeaders: (headers: Headers) => void): Promise<OpenAnswer> =>
            this.#open(request, {
              url,
              model,
              sessionId,
              body: ({ accountId }) => {
                origin = reasoningOrigin(accountId, model.id);
                return this.#body(request, model, sessionId, origin);
              },
              onHeaders,
              onAnswer: (headers) => {
                this.#turnStates.keep(request.turnId, headers);
                refreshing = Promise.all([refreshing, this.#models.note(headers, leaving.signal)]);
              },
            });
          return decodeAnswer(open, {
            url,
            progress,
            takeLimits: (headers) => this.#backend.noteLimits(headers),
            completeBlock: (block) => tagReasoning(block, OWNER, origin),
            onEvents: trace === undefined ? undefined : (events) => trace.events(events),
          });
        },
        {
          policy: retryPolicyOf(this.#options),
          signal,
          mend: (error) => isUnreadableReasoning(error) && this.#reasoning.refuse(request.messages),
          onRetry: (retry) => {
            trace?.retry(retry);
            this.#options.onRetry?.(retry);
          },
        },
      );
      // Asked while the answer came: it is here as a rule.
      await refreshing;
    } catch (error) {
      trace?.fail(error);
      throw error;
    } finally {
      leaving.abort();
      await refreshing;
      trace?.end();
    }
  }

  /** Asks for the answer once, over a WebSocket where there is one. */
  async #open(
    request: StreamRequest,
    { url, model, sessionId, body, onHeaders, onAnswer }: AnswerQuestion,
  ): Promise<OpenAnswer> {
    const { compression, connectTimeoutMs, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#options;
    const { signal } = request;
    const answer = await this.#webSockets?.open({
      ...this.#webSocketCall(request, model),
      url,
      body,
      onHeaders,
      onAnswer,
    });
    if (answer !== undefined) return answer;
    return openEventStream({
      ...this.#backend.request,
      url,
      signal,
      idleTimeoutMs,
      connectTimeoutMs,
      onHeaders,
      onAnswer,
      headers: (credentials) => this.#headers(credentials, request, model, sessionId),
      body: (credentials) => JSON.stringify(body(credentials)),
      encode: async (text) => encodeBody(text, compression === false ? undefined : await runtimeZstd()),
    });
  }

  #headers(
    credentials: Credentials,
    { turnId, messages }: StreamRequest,
    model: ModelSpec,
    sessionId: string | undefined,
  ): Record<string, string> {
    return {
      ...this.#backend.headers(credentials, sessionId),
      ...this.#turnStates.headers(turnId),
      ...(isLite(model) ? { [HEADERS.lite]: "true" } : {}),
      ...(asksForCompaction(messages) ? { [HEADERS.betaFeatures]: "remote_compaction_v2" } : {}),
      Accept: "text/event-stream",
      "Content-Type": "application/json",
    };
  }

  #body(request: StreamRequest, model: ModelSpec, sessionId: string | undefined, origin: string): JsonObject {
    const messages = this.#reasoning.readable(request.messages, origin);
    return requestBody({
      request: { ...request, messages },
      model,
      sessionId,
      options: this.#options,
      parameters: this.#parameters.sent,
    }) as unknown as JsonObject;
  }

  /** With the first call, and not when the transport is made: whoever is told may want to have it already. */
  #warnOfParameters(): void {
    const { refusals } = this.#parameters;
    this.#parameters = { ...this.#parameters, refusals: [] };
    for (const refusal of refusals) this.#warn(refusal);
  }
}

/** A `fetch` of the caller's is how its requests leave the house: unasked, nothing goes another way. */
function wantsWebSocket({ transport, fetch }: CodexTransportOptions): boolean {
  return transport === "websocket" || (transport === "auto" && fetch === undefined);
}

function isCompletion(message: string | JsonObject): boolean {
  return typeof message !== "string" && message["type"] === "response.completed";
}
