import { AxioError, type ErrorCode, type JsonObject } from "axio";
import {
  DEFAULT_IDLE_TIMEOUT_MS,
  type EventStream,
  type HttpRequest,
  isProxied,
  openedWebSocket,
  sendRequest,
  webSocketFetch,
} from "axio-http";
import { createEventStream } from "axio-http/internal";
import {
  type ApiService,
  authorizedRequest,
  type Call,
  type Connection,
  isSignInError,
  type StreamingResponse,
} from "axio-transport-kit";
import { WEB_SOCKET_CONNECT_TIMEOUT_MS, WEB_SOCKET_HEADERS } from "../../config.ts";
import type { Credentials } from "../../credentials.ts";
import { isConnectionExpired } from "../../errors.ts";
import { isLite } from "../../models.ts";
import type { TurnStateCache } from "../turn-state-cache.ts";
import { WebSocketBreaker } from "./breaker.ts";
import { createMessage, MAX_MESSAGE_BYTES } from "./frames.ts";
import { incrementalInput } from "./incremental-input.ts";
import { ConnectionPool, type PooledConnection } from "./pool.ts";
import { type MessageBatch, ResponseRecorder } from "./response-recorder.ts";

/** The failures that blame the connection and not the server's response. */
const CONNECTION_FAULTS: readonly ErrorCode[] = [
  "network",
  "response-timeout",
  "stream-truncated",
  "stream-idle",
];

/** The status of a server that has no WebSocket here. */
const UPGRADE_REQUIRED = 426;

/** Errors of the account, which HTTP would have too. */
const ACCOUNT_ERRORS: readonly ErrorCode[] = ["usage-limit", "not-entitled", "unsupported-country"];

/** A request as a message. */
interface MessageRequest {
  readonly call: Call;
  readonly accessToken: string;
  readonly body: JsonObject;
  readonly message: string;
  /** The connection to use. Default: a new one. */
  readonly pooled: PooledConnection | undefined;
  /** The request for a new connection. */
  readonly upgrade: HttpRequest;
}

/** The HTTP response that the upgrade or the first message stands for. */
type MessageResponse = Response & {
  readonly source: "upgrade" | "new" | "pooled";
  /** Present if the response is a success over a WebSocket. */
  readonly exchange?: Exchange | undefined;
};

/** A response that has begun. */
interface Exchange {
  readonly connection: PooledConnection;
  readonly recorder: ResponseRecorder;
  readonly messages: EventStream<string>;
  readonly first: MessageBatch;
}

/** Sends calls over WebSockets: one connection for each conversation, on which a request holds only what is new. */
export class WebSocketConnection implements Connection {
  readonly #service: ApiService<Credentials>;
  readonly #turnStates: TurnStateCache;
  readonly #url: URL;
  readonly #pool = new ConnectionPool();
  readonly #breaker = new WebSocketBreaker();
  /** The calls whose message would be too large. */
  readonly #tooLarge = new WeakSet<Call>();
  /** The failures whose cause is removed: the next attempt opens another connection, or uses HTTP. */
  readonly #recovered = new WeakSet<AxioError>();

  constructor(service: ApiService<Credentials>, turnStates: TurnStateCache) {
    this.#service = service;
    this.#turnStates = turnStates;
    this.#url = service.endpoint("responses");
  }

  /** Whether a call uses a WebSocket. */
  accepts(call: Call): boolean {
    if (this.#breaker.isOpen(conversationOf(call)) || this.#tooLarge.has(call)) return false;
    if (!isProxied(this.#url)) return true;
    this.#giveUp("It does not support the configured proxy");
    return false;
  }

  open(call: Call): Promise<StreamingResponse> {
    return this.#open(call, false);
  }

  recover(error: AxioError): boolean {
    return this.#recovered.delete(error);
  }

  close(): void {
    this.#pool.close();
  }

  /** Returns a connection that has the server read a call without generating a response. */
  warmUpConnection(): Connection {
    return {
      open: (call) => this.#open(call, true),
      recover: (error, call) => this.recover(error) && this.accepts(call),
      close() {},
    };
  }

  async #open(call: Call, isWarmUp: boolean): Promise<StreamingResponse> {
    const { response, credentials, error } = await authorizedRequest({
      ...this.#service.authorization(this.#url, call.signal),
      build: (current: Credentials) => this.#build(call, current, isWarmUp),
      send: this.#send,
    });
    const { status, headers, source, exchange } = response;
    if (error !== undefined) {
      if (source === "pooled" && isConnectionExpired(error)) this.#recovered.add(error);
      else this.#noteFailure(call, error, source === "upgrade");
      return { ok: false, status, headers, error };
    }
    if (exchange === undefined) {
      const refusal = new AxioError("protocol", `${this.#url.host} did not open a WebSocket (${status}).`, {
        details: { status },
      });
      this.#noteFailure(call, refusal, true);
      return { ok: false, status, headers, error: refusal };
    }
    return {
      ok: true,
      status,
      headers,
      rateLimits: this.#service.noteRateLimits(headers),
      origin: this.#service.originOf(call, credentials),
      events: createEventStream(() => this.#events(call, exchange)),
    };
  }

  #build(call: Call, credentials: Credentials, isWarmUp: boolean): MessageRequest {
    const { config, options } = this.#service;
    const { accessToken } = credentials;
    const body = this.#service.buildBody(call, credentials);
    const pooled = this.#pool.take(conversationOf(call), accessToken);
    const turnState = this.#turnStates.get(call.runId);
    const info = { turnState, isLite: isLite(call.model), isWarmUp };
    const input = pooled?.completed && incrementalInput(body, pooled.completed);
    const message = createMessage(
      body,
      info,
      pooled?.completed && input && { responseId: pooled.completed.responseId, input },
    );
    if (isTooLarge(message)) {
      if (pooled !== undefined) this.#pool.keep(conversationOf(call), pooled);
      throw this.#tooLargeError(call);
    }
    const upgrade: HttpRequest = {
      url: this.#url,
      headers: { ...config.headers(credentials, call.conversationId), ...WEB_SOCKET_HEADERS },
      fetch: webSocketFetch,
      signal: call.signal,
      responseTimeoutMs: options.responseTimeoutMs ?? WEB_SOCKET_CONNECT_TIMEOUT_MS,
    };
    return { call, accessToken, body, message, pooled, upgrade };
  }

  /** Sends the message, over a new connection if there is none, and waits for the first message that comes back. */
  readonly #send = async (request: MessageRequest): Promise<MessageResponse> => {
    const { call, accessToken, pooled, upgrade } = request;
    try {
      if (pooled !== undefined) return await this.#exchange(request, pooled, "pooled", new Headers());
      const response = await sendRequest(upgrade);
      const socket = openedWebSocket(response);
      if (socket === undefined) return Object.assign(response, { source: "upgrade" } as const);
      const connection = { socket, accessToken, openedAt: performance.now() };
      return await this.#exchange(request, connection, "new", response.headers);
    } catch (error) {
      const isLost = AxioError.is(error, "stream-truncated") || AxioError.is(error, "network");
      if (pooled !== undefined && isLost) this.#recovered.add(error);
      else this.#noteFailure(call, error, pooled === undefined);
      throw error;
    }
  };

  async #exchange(
    { call, body, message }: MessageRequest,
    connection: PooledConnection,
    source: "new" | "pooled",
    headers: Headers,
  ): Promise<MessageResponse> {
    const { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#service.options;
    const recorder = new ResponseRecorder(body, connection.completed?.responseId);
    const messages = connection.socket.exchange(message, { signal: call.signal, idleTimeoutMs });
    const first = await nextBatch(messages, recorder);
    if (first.frames.length > 0 || first.failure === undefined) {
      const exchange: Exchange = { connection, recorder, messages, first };
      return Object.assign(new Response(null, { headers }), { source, exchange });
    }
    await messages.return();
    if (first.failure instanceof Response) return Object.assign(first.failure, { source });
    throw first.failure;
  }

  async *#events(
    call: Call,
    { connection, recorder, messages, first }: Exchange,
  ): AsyncGenerator<readonly JsonObject[], void, undefined> {
    try {
      for (let batch = first; ; batch = await nextBatch(messages, recorder)) {
        const { frames, failure } = batch;
        if (recorder.completed !== undefined) messages.finish();
        if (frames.length > 0) yield frames;
        if (failure instanceof Response) {
          const { signal } = call;
          throw await this.#service.readError(failure, this.#url, { signal, call });
        }
        if (failure !== undefined) throw failure;
      }
    } catch (error) {
      this.#noteFailure(call, error, false);
      throw error;
    } finally {
      await messages.return();
      const { completed } = recorder;
      if (completed !== undefined) {
        this.#breaker.succeeded(conversationOf(call));
        this.#pool.keep(conversationOf(call), { ...connection, completed });
      }
    }
  }

  /** Decides who stops using a WebSocket after a failure. */
  #noteFailure(call: Call, error: unknown, isUpgrade: boolean): void {
    if (!AxioError.is(error)) return;
    if (isUpgrade && isRefusal(error)) {
      this.#recovered.add(error);
      this.#giveUp("The server, or a proxy, does not accept it");
      return;
    }
    const isFault = CONNECTION_FAULTS.includes(error.code) || (isUpgrade && error.code === "server");
    // If nothing can be reached, HTTP is no better.
    if (!isFault || (error.code === "network" && error.details.connected === false)) return;
    const scope = this.#breaker.failed(conversationOf(call));
    if (scope === "all") this.#pool.close();
    if (scope === undefined) return;
    this.#warn(`It failed repeatedly${scope === "all" ? "" : " in this conversation"}`, scope, error);
  }

  #giveUp(reason: string): void {
    if (!this.#breaker.trip()) return;
    this.#pool.close();
    this.#warn(reason, "all");
  }

  #warn(reason: string, scope: "conversation" | "all", cause?: AxioError): void {
    const what = scope === "all" ? "Responses come" : "Its responses come";
    this.#service.warn(
      new AxioError(
        "network",
        `The WebSocket to ${this.#url.host} is not used any more. ${reason}. ${what} as server-sent events from now on; to use these from the start, set transport to "sse".`,
        { cause },
      ),
    );
  }

  #tooLargeError(call: Call): AxioError {
    const error = new AxioError("invalid-request", "The request is larger than a WebSocket message can be.");
    this.#tooLarge.add(call);
    this.#recovered.add(error);
    return error;
  }
}

/** Returns the next messages that say something. */
async function nextBatch(messages: EventStream<string>, recorder: ResponseRecorder): Promise<MessageBatch> {
  for (;;) {
    const { done, value } = await messages.next();
    if (done === true) {
      throw new AxioError("stream-truncated", "The WebSocket closed early. Try again.", { retryable: true });
    }
    const batch = recorder.read(value);
    if (batch.frames.length > 0 || batch.failure !== undefined) return batch;
  }
}

/** Whether the server will not open a WebSocket next time either. Over HTTP, the request gets its proper response. */
function isRefusal(error: AxioError): boolean {
  if (error.details.status === undefined) return false;
  if (error.details.status === UPGRADE_REQUIRED) return true;
  return !error.retryable && !isSignInError(error) && !ACCOUNT_ERRORS.includes(error.code);
}

function conversationOf({ conversationId }: Call): string {
  return conversationId ?? "";
}

function isTooLarge(message: string): boolean {
  // A character has at most three bytes, so that most messages need not be measured.
  return message.length * 3 > MAX_MESSAGE_BYTES && Buffer.byteLength(message) > MAX_MESSAGE_BYTES;
}
