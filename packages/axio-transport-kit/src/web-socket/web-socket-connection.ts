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
import { authorizedRequest } from "../authorized-request.ts";
import type { Call, Connection, StreamingResponse } from "../connection.ts";
import { continuationOf } from "../continuation/incremental-input.ts";
import type { KeptResponses } from "../continuation/kept-responses.ts";
import { isSignInError } from "../errors.ts";
import { isExpirationError } from "../expiration.ts";
import type { ApiService } from "../service.ts";
import { WebSocketBreaker } from "./breaker.ts";
import { createMessage, MAX_MESSAGE_BYTES } from "./frames.ts";
import { ConnectionPool, type PooledConnection } from "./pool.ts";
import { type MessageBatch, ResponseRecorder } from "./response-recorder.ts";

/** The timeout of a WebSocket request, in milliseconds. */
const CONNECT_TIMEOUT_MS = 15_000;

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

/** The particulars of one Responses API over WebSockets. */
export interface WebSocketConnectionOptions<C extends object> {
  /** Returns the token or key of credentials. Others get a connection of their own. */
  readonly secretOf: (credentials: C) => string;
  /** Changes a body to the form that a message has, without its input. Default: unchanged. */
  readonly toMessage?: ((body: JsonObject, call: Call) => JsonObject) | undefined;
  /** Headers of the request for a WebSocket in addition to those of the service. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The responses that the server keeps, which can be continued on any connection. Default: it keeps none. */
  readonly kept?: KeptResponses | undefined;
}

/** A request as a message. */
interface MessageRequest<C> {
  readonly call: Call;
  readonly credentials: C;
  readonly body: JsonObject;
  readonly message: string;
  /** The connection to use. Default: a new one. */
  readonly pooled: PooledConnection | undefined;
  /** The request for a new connection. */
  readonly upgrade: HttpRequest;
}

/** The HTTP response that the upgrade or the first message stands for. */
type MessageResponse<C> = Response & {
  readonly source: "upgrade" | "new" | "pooled";
  /** Present if the response is a success over a WebSocket. */
  readonly exchange?: Exchange<C> | undefined;
};

/** A response that has begun. */
interface Exchange<C> {
  readonly credentials: C;
  readonly connection: PooledConnection;
  readonly recorder: ResponseRecorder;
  readonly messages: EventStream<string>;
  readonly first: MessageBatch;
}

/** Sends calls over WebSockets: one connection for each conversation, on which a request holds only what is new. */
export class WebSocketConnection<C extends object> implements Connection {
  readonly #service: ApiService<C>;
  readonly #options: WebSocketConnectionOptions<C>;
  readonly #url: URL;
  readonly #pool = new ConnectionPool();
  readonly #breaker = new WebSocketBreaker();
  /** The calls whose message would be too large. */
  readonly #tooLarge = new WeakSet<Call>();
  /** The failures whose cause is removed: the next attempt opens another connection, or uses HTTP. */
  readonly #recovered = new WeakSet<AxioError>();

  constructor(service: ApiService<C>, options: WebSocketConnectionOptions<C>) {
    this.#service = service;
    this.#options = options;
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
      build: (current: C) => this.#build(call, current, isWarmUp),
      send: this.#send,
    });
    const { status, headers, source, exchange } = response;
    if (error !== undefined) {
      const isLost = this.#options.kept?.recover(error, call) === true;
      if (isLost || (source === "pooled" && isExpirationError(error))) this.#recovered.add(error);
      else this.#noteFailure(call, error, source === "upgrade");
      return { ok: false, status, headers, error };
    }
    if (exchange === undefined) {
      const refusal = new AxioError(
        "protocol",
        `${this.#url.host} did not open a WebSocket (${status}). Use server-sent events with this server.`,
        {
          details: { status },
        },
      );
      this.#noteFailure(call, refusal, true);
      return { ok: false, status, headers, error: refusal };
    }
    return {
      ok: true,
      status,
      headers,
      rateLimits: this.#service.noteRateLimits(headers),
      origin: this.#service.originOf(call, credentials),
      hideSecrets: this.#service.secretHider(credentials),
      events: createEventStream(() => this.#events(call, exchange)),
    };
  }

  #build(call: Call, credentials: C, isWarmUp: boolean): MessageRequest<C> {
    const { config, options } = this.#service;
    const { secretOf, toMessage, headers, kept } = this.#options;
    const body = this.#service.buildBody(call, credentials);
    const pooled = this.#pool.take(conversationOf(call), secretOf(credentials));
    const continuation =
      (pooled?.completed && continuationOf(body, pooled.completed)) ?? kept?.continuation(call, body);
    const message = createMessage(toMessage?.(body, call) ?? body, { isWarmUp, continuation });
    if (isTooLarge(message)) {
      if (pooled !== undefined) this.#pool.keep(conversationOf(call), pooled);
      throw this.#tooLargeError(call);
    }
    const upgrade: HttpRequest = {
      url: this.#url,
      headers: { ...config.headers(credentials, call.conversationId), ...headers },
      fetch: webSocketFetch,
      signal: call.signal,
      responseTimeoutMs: options.responseTimeoutMs ?? CONNECT_TIMEOUT_MS,
    };
    return { call, credentials, body, message, pooled, upgrade };
  }

  /** Sends the message, over a new connection if there is none, and waits for the first message that comes back. */
  readonly #send = async (request: MessageRequest<C>): Promise<MessageResponse<C>> => {
    const { call, credentials, pooled, upgrade } = request;
    try {
      if (pooled !== undefined) return await this.#exchange(request, pooled, "pooled", new Headers());
      const response = await sendRequest(upgrade);
      const socket = openedWebSocket(response);
      if (socket === undefined) return Object.assign(response, { source: "upgrade" } as const);
      const secret = this.#options.secretOf(credentials);
      const connection = { socket, secret, openedAt: performance.now() };
      return await this.#exchange(request, connection, "new", response.headers);
    } catch (error) {
      const isLost = AxioError.is(error, "stream-truncated") || AxioError.is(error, "network");
      if (pooled !== undefined && isLost) this.#recovered.add(error);
      else this.#noteFailure(call, error, pooled === undefined);
      throw error;
    }
  };

  async #exchange(
    { call, credentials, body, message }: MessageRequest<C>,
    connection: PooledConnection,
    source: "new" | "pooled",
    headers: Headers,
  ): Promise<MessageResponse<C>> {
    const { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#service.options;
    const recorder = new ResponseRecorder(body, connection.completed?.responseId);
    const messages = connection.socket.exchange(message, { signal: call.signal, idleTimeoutMs });
    const first = await nextBatch(messages, recorder);
    if (first.frames.length > 0 || first.failure === undefined) {
      const exchange: Exchange<C> = { credentials, connection, recorder, messages, first };
      return Object.assign(new Response(null, { headers }), { source, exchange });
    }
    await messages.return();
    if (first.failure instanceof Response) return Object.assign(first.failure, { source });
    throw first.failure;
  }

  async *#events(
    call: Call,
    { credentials, connection, recorder, messages, first }: Exchange<C>,
  ): AsyncGenerator<readonly JsonObject[], void, undefined> {
    try {
      for (let batch = first; ; batch = await nextBatch(messages, recorder)) {
        const { frames, failure } = batch;
        if (recorder.completed !== undefined) messages.finish();
        if (frames.length > 0) yield frames;
        if (failure instanceof Response) {
          throw await this.#readError(failure, call, credentials);
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
        this.#options.kept?.keep(call, completed);
        this.#pool.keep(conversationOf(call), { ...connection, completed });
      }
    }
  }

  #readError(failure: Response, call: Call, credentials: C): Promise<AxioError> {
    const { readError } = this.#service.authorization(this.#url, call.signal, call);
    return readError(failure, credentials);
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
    const error = new AxioError(
      "request-too-large",
      "The request is larger than a WebSocket message can be. It is sent over HTTP.",
    );
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
