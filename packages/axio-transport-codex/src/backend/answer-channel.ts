import type { JsonObject, Message, ModelSpec, StreamRequest } from "axio";
import type { Credentials } from "axio-auth";
import { DEFAULT_IDLE_TIMEOUT_MS } from "axio-http";
import { asksForCompaction } from "../compact-on-server.ts";
import { HEADERS, WEB_SOCKET_HEADERS } from "../config.ts";
import { isLite } from "../models.ts";
import type { CodexTransportOptions } from "../options.ts";
import type { Backend } from "./backend.ts";
import { BodyEncoder } from "./body-encoder.ts";
import type { OpenAnswer } from "./decode-answer.ts";
import { ReasoningFilter, reasoningOrigin } from "./reasoning-origin.ts";
import { requestBody } from "./request-body.ts";
import { sessionKey } from "./session-key.ts";
import { openEventStream } from "./stream.ts";
import { TurnStates } from "./turn-states.ts";
import { type WebSocketCall, WebSockets } from "./web-socket/web-sockets.ts";

/** What an {@link AnswerChannel} is made of. */
export interface AnswerChannelOptions {
  readonly backend: Backend;
  readonly options: CodexTransportOptions;
  /** Further members of each body. */
  readonly parameters: JsonObject;
  readonly warn: (warning: unknown) => void;
}

/** What one try asks. */
export interface AnswerQuestion {
  readonly request: StreamRequest;
  readonly model: ModelSpec;
  /** Told, before it is sent, whose thoughts the answer will hold. */
  readonly onOrigin: (origin: string) => void;
  /** Told the headers of each answer, errors included. */
  readonly onHeaders: (headers: Headers) => void;
  /** Told the headers of the answer, where it is a success. */
  readonly onAnswer: (headers: Headers) => void;
}

/** What is known of a conversation before its first message. */
export type WarmUpRequest = Omit<StreamRequest, "messages" | "turnId">;

/**
 * Carries requests for answers to the backend, over a WebSocket or HTTP, and remembers from one to the next what has to be
 * remembered: connections, turns, thoughts that were refused, whether compressed bodies are read.
 */
export class AnswerChannel {
  /** Where answers come from. */
  readonly url: URL;
  readonly #backend: Backend;
  readonly #options: CodexTransportOptions;
  readonly #parameters: JsonObject;
  readonly #turnStates = new TurnStates();
  readonly #reasoning = new ReasoningFilter();
  readonly #encoder: BodyEncoder;
  readonly #webSockets: WebSockets | undefined;

  constructor({ backend, options, parameters, warn }: AnswerChannelOptions) {
    this.url = backend.endpoint("responses");
    this.#backend = backend;
    this.#options = options;
    this.#parameters = parameters;
    this.#encoder = new BodyEncoder({ isOn: options.compression !== false, host: this.url.host, warn });
    this.#webSockets = wantsWebSocket(options) ? new WebSockets(backend, warn) : undefined;
  }

  /** Ends the connections that are kept for calls to come. */
  close(): void {
    this.#webSockets?.close();
  }

  /** What the conversation is called to the backend. */
  sessionId({ conversationId }: Pick<StreamRequest, "conversationId">): string | undefined {
    const conversation = this.#options.sessionId ?? conversationId;
    return conversation === undefined ? undefined : sessionKey(conversation);
  }

  /** Leaves the thoughts of these messages out from now on. Tells whether there were any that were not left out before. */
  refuseReasoning(messages: readonly Message[]): boolean {
    return this.#reasoning.refuse(messages);
  }

  /** Asks for an answer once, over a WebSocket where there is one. */
  async open(question: AnswerQuestion): Promise<OpenAnswer> {
    const { request, model, onOrigin, onHeaders } = question;
    const { connectTimeoutMs, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#options;
    const body = ({ accountId }: Credentials): JsonObject => {
      const origin = reasoningOrigin(accountId, model.id);
      onOrigin(origin);
      return this.#body(request, model, origin);
    };
    const onAnswer = (headers: Headers): void => {
      this.#turnStates.keep(request.turnId, headers);
      question.onAnswer(headers);
    };
    const answer = await this.#webSockets?.open({
      ...this.#webSocketCall(request, model),
      body,
      onHeaders,
      onAnswer,
    });
    if (answer !== undefined) return answer;
    return this.#encoder.send((encode) =>
      openEventStream({
        ...this.#backend.request,
        url: this.url,
        signal: request.signal,
        idleTimeoutMs,
        connectTimeoutMs,
        onHeaders,
        onAnswer,
        headers: (credentials) => this.#headers(credentials, request, model),
        body: (credentials) => JSON.stringify(body(credentials)),
        encode,
      }),
    );
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
  ): Promise<OpenAnswer | undefined> {
    const whole: StreamRequest = { ...request, messages: [] };
    return this.#webSockets?.open({
      ...this.#webSocketCall(whole, model),
      body: ({ accountId }) => this.#body(whole, model, reasoningOrigin(accountId, model.id)),
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
    const { connectTimeoutMs, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#options;
    const sessionId = this.sessionId(request);
    return {
      url: this.url,
      conversation: sessionId ?? "",
      headers: (credentials) => ({ ...this.#backend.headers(credentials, sessionId), ...WEB_SOCKET_HEADERS }),
      facts: { turnState: this.#turnStates.get(request.turnId), isLite: isLite(model) },
      signal: request.signal,
      idleTimeoutMs,
      connectTimeoutMs,
    };
  }

  #headers(credentials: Credentials, request: StreamRequest, model: ModelSpec): Record<string, string> {
    return {
      ...this.#backend.headers(credentials, this.sessionId(request)),
      ...this.#turnStates.headers(request.turnId),
      ...(isLite(model) ? { [HEADERS.lite]: "true" } : {}),
      ...(asksForCompaction(request.messages) ? { [HEADERS.betaFeatures]: "remote_compaction_v2" } : {}),
      Accept: "text/event-stream",
      "Content-Type": "application/json",
    };
  }

  #body(request: StreamRequest, model: ModelSpec, origin: string): JsonObject {
    const messages = this.#reasoning.readable(request.messages, origin);
    return requestBody({
      request: { ...request, messages },
      model,
      sessionId: this.sessionId(request),
      options: this.#options,
      parameters: this.#parameters,
    }) as unknown as JsonObject;
  }
}

/** A `fetch` of the caller's is how its requests leave the house: unasked, nothing goes another way. */
function wantsWebSocket({ transport, fetch }: CodexTransportOptions): boolean {
  return transport === "websocket" || (transport === "auto" && fetch === undefined);
}
