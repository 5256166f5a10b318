import type { JsonObject, Message, ModelSpec, StreamRequest } from "axio";
import type { Credentials } from "axio-auth";
import { DEFAULT_IDLE_TIMEOUT_MS } from "axio-http";
import { toLiteBody } from "axio-responses";
import {
  type Backend,
  type Connection,
  HttpConnection,
  type ResponseRequest,
  responsesBody,
  type StreamingResponse,
  withParameters,
} from "axio-transport-kit";
import { asksForCompaction } from "../compact-on-server.ts";
import { HEADERS, WEB_SOCKET_HEADERS } from "../config.ts";
import { isLite } from "../models.ts";
import type { CodexTransportOptions } from "../options.ts";
import { BodyEncoder } from "./body-encoder.ts";
import { TurnStateCache } from "./turn-state-cache.ts";
import { type WebSocketCall, WebSockets } from "./web-socket/web-sockets.ts";

/** What an {@link CodexConnection} is made of. */
export interface CodexConnectionOptions {
  readonly backend: Backend<Credentials>;
  readonly options: CodexTransportOptions;
  /** Further members of each body. */
  readonly parameters: JsonObject;
  readonly warn: (warning: unknown) => void;
}

/** What is known of a conversation before its first message. */
export type WarmUpRequest = Omit<StreamRequest, "messages" | "runId">;

/**
 * Carries requests for answers to the backend, over a WebSocket or HTTP, and remembers from one to the next what has to be
 * remembered: connections, turns, thoughts that were refused, whether compressed bodies are read.
 */
export class CodexConnection implements Connection {
  readonly url: URL;
  readonly #backend: Backend<Credentials>;
  readonly #options: CodexTransportOptions;
  readonly #turnStates = new TurnStateCache();
  readonly #eventStreams: HttpConnection<Credentials>;
  readonly #encoder: BodyEncoder;
  readonly #webSockets: WebSockets | undefined;

  constructor({ backend, options, parameters, warn }: CodexConnectionOptions) {
    this.#eventStreams = new HttpConnection({
      backend,
      options,
      accountOf: ({ accountId }) => accountId,
      body: (input) => {
        const body = responsesBody({ ...input, options });
        return withParameters(
          isLite(input.model) ? toLiteBody(body) : body,
          parameters,
        ) as unknown as JsonObject;
      },
      headers: (request, model) => this.#headers(request, model),
    });
    this.url = this.#eventStreams.url;
    this.#backend = backend;
    this.#options = options;
    this.#encoder = new BodyEncoder({ isOn: options.compression !== false, host: this.url.host, warn });
    this.#webSockets = wantsWebSocket(options) ? new WebSockets(backend, warn) : undefined;
  }

  /** Ends the connections that are kept for calls to come. */
  close(): void {
    this.#webSockets?.close();
  }

  sessionId(request: Pick<StreamRequest, "conversationId">): string | undefined {
    return this.#eventStreams.sessionId(request);
  }

  dropReasoning(messages: readonly Message[]): boolean {
    return this.#eventStreams.dropReasoning(messages);
  }

  /** Asks for an answer once, over a WebSocket where there is one. */
  async open(question: ResponseRequest): Promise<StreamingResponse> {
    const { request, model, onOrigin, onHeaders } = question;
    const onAnswer = (headers: Headers): void => {
      this.#turnStates.keep(request.runId, headers);
      question.onAnswer(headers);
    };
    const answer = await this.#webSockets?.open({
      ...this.#webSocketCall(request, model),
      body: (credentials) => {
        const { body, origin } = this.#eventStreams.body(credentials, request, model);
        onOrigin(origin);
        return body;
      },
      onHeaders,
      onAnswer,
    });
    if (answer !== undefined) return answer;
    return this.#encoder.send((encode) => this.#eventStreams.open({ ...question, onAnswer }, encode));
  }

  /**
   * Opens a conversation's connection and has the server read what comes before the first message.
   *
   * @returns The answer, which is empty; `undefined` where there is no connection to keep.
   */
  async warmUp(
    request: WarmUpRequest,
    model: ModelSpec,
    onHeaders: (headers: Headers) => void,
  ): Promise<StreamingResponse | undefined> {
    const whole: StreamRequest = { ...request, messages: [] };
    return this.#webSockets?.open({
      ...this.#webSocketCall(whole, model),
      body: (credentials) => this.#eventStreams.body(credentials, whole, model).body,
      facts: { turnState: undefined, isLite: isLite(model), isWarmUp: true },
      onHeaders,
      onAnswer: () => {},
    });
  }

  /** Whether there is anything to warm up. */
  get isKept(): boolean {
    return this.#webSockets !== undefined;
  }

  /** What every call over a WebSocket has in common. */
  #webSocketCall(
    request: StreamRequest,
    model: ModelSpec,
  ): Omit<WebSocketCall, "body" | "onHeaders" | "onAnswer"> {
    const { responseTimeoutMs, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#options;
    const sessionId = this.sessionId(request);
    return {
      url: this.url,
      conversation: sessionId ?? "",
      headers: (credentials) => ({ ...this.#backend.headers(credentials, sessionId), ...WEB_SOCKET_HEADERS }),
      facts: { turnState: this.#turnStates.get(request.runId), isLite: isLite(model) },
      signal: request.signal,
      idleTimeoutMs,
      responseTimeoutMs,
    };
  }

  #headers({ runId, messages }: StreamRequest, model: ModelSpec): Record<string, string> {
    return {
      ...this.#turnStates.headers(runId),
      ...(isLite(model) ? { [HEADERS.lite]: "true" } : {}),
      ...(asksForCompaction(messages) ? { [HEADERS.betaFeatures]: "remote_compaction_v2" } : {}),
    };
  }
}

/** A `fetch` of the caller's is how its requests leave the house: unasked, nothing goes another way. */
function wantsWebSocket({ transport, fetch }: CodexTransportOptions): boolean {
  return transport === "websocket" || (transport === "auto" && fetch === undefined);
}
