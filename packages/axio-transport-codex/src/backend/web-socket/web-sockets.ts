import { AxioError, type JsonObject, type JsonValue } from "axio";
import type { Credentials } from "axio-auth";
import { isProxied } from "axio-http";
import type { Backend, StreamingResponse } from "axio-transport-kit";
import { WEB_SOCKET_CONNECT_TIMEOUT_MS } from "../../config.ts";
import { connect, type NewConnection } from "./connect.ts";
import {
  createMessage,
  type FrameInfo,
  headersOfFrame,
  isConnectionExpired,
  MAX_MESSAGE_BYTES,
} from "./frames.ts";
import { incrementalInput } from "./incremental-input.ts";
import { ConnectionPool, type PooledConnection } from "./pool.ts";
import { ResponseRecorder } from "./response-recorder.ts";
import { WebSocketBreaker } from "./web-socket-breaker.ts";

/** One call for an answer over a WebSocket. */
export interface WebSocketCall {
  readonly url: URL;
  /** Names the conversation, whose connection is used again. */
  readonly conversation: string;
  /** The headers of the upgrade. */
  readonly headers: (credentials: Credentials) => Record<string, string>;
  readonly body: (credentials: Credentials) => JsonObject;
  readonly facts: FrameInfo;
  readonly signal: AbortSignal | undefined;
  readonly idleTimeoutMs: number;
  readonly responseTimeoutMs: number | undefined;
  /** Told the headers of each answer, errors included, whether they come with the upgrade or in a message. */
  readonly onHeaders: (headers: Headers) => void;
  /** Told the headers that come with the upgrade, and in messages later. */
  readonly onAnswer: (headers: Headers) => void;
}

/** What fails by the connection, and not by what the server says. */
const CONNECTION_FAULTS: readonly string[] = [
  "network",
  "response-timeout",
  "stream-truncated",
  "stream-idle",
];

/** A connection in use by a call, and what it was asked. */
interface Exchange {
  readonly lease: PooledConnection;
  readonly credentials: Credentials;
  readonly isReused: boolean;
  readonly body: JsonObject;
  readonly message: string;
}

/** Answers over WebSockets: one connection for each conversation, on which a request sends what is new. */
export class WebSockets {
  readonly #backend: Backend<Credentials>;
  readonly #warn: (warning: AxioError) => void;
  readonly #pool = new ConnectionPool();
  readonly #fallback = new WebSocketBreaker();

  constructor(backend: Backend<Credentials>, warn: (warning: AxioError) => void) {
    this.#backend = backend;
    this.#warn = warn;
  }

  /** Ends the connections that are kept. */
  close(): void {
    this.#pool.close();
  }

  /**
   * Asks for an answer.
   *
   * @returns `undefined` where it has to be asked for over HTTP: the request is larger than a message may be, or the
   * WebSocket was given up.
   */
  async open(call: WebSocketCall): Promise<StreamingResponse | undefined> {
    if (this.#fallback.isOpen(call.conversation)) return undefined;
    if (isProxied(call.url)) return this.#giveUp("It does not go through the proxy that is set");
    const credentials = await this.#backend.request.session.get({ signal: call.signal });
    const body = call.body(credentials);
    const lease = this.#pool.take(call.conversation, credentials.accessToken);
    const exchange =
      lease === undefined
        ? await this.#begin(call, credentials, body)
        : { lease, credentials, isReused: true, body, message: messageFor(call, body, lease) };
    if (exchange === undefined) return undefined;
    if (isTooLarge(exchange.message)) {
      this.#pool.keep(call.conversation, exchange.lease);
      return undefined;
    }
    return {
      status: 200,
      headers: "headers" in exchange ? exchange.headers : new Headers(),
      messages: () => this.#messages(call, exchange),
    };
  }

  /** Opens a connection for a whole request. */
  async #begin(
    call: WebSocketCall,
    credentials: Credentials,
    body: JsonObject,
  ): Promise<(Exchange & { readonly headers: Headers }) | undefined> {
    const message = createMessage(body, call.facts);
    if (isTooLarge(message)) return undefined;
    const opened = await this.#connect(call);
    if (opened === undefined) return undefined;
    const { headers } = opened;
    const isSameAccount = opened.credentials.accountId === credentials.accountId;
    const ownBody = isSameAccount ? body : call.body(opened.credentials);
    return {
      lease: opened,
      credentials: opened.credentials,
      isReused: false,
      body: ownBody,
      message: isSameAccount ? message : createMessage(ownBody, call.facts),
      headers,
    };
  }

  async #connect(call: WebSocketCall): Promise<NewConnection | undefined> {
    try {
      const { session, errorRules } = this.#backend.request;
      const { url, headers, signal, onHeaders, onAnswer } = call;
      const responseTimeoutMs = call.responseTimeoutMs ?? WEB_SOCKET_CONNECT_TIMEOUT_MS;
      const opened = await connect({
        session,
        errorRules,
        url,
        headers,
        signal,
        onAnswer,
        responseTimeoutMs,
        onHeaders,
      });
      return opened ?? this.#giveUp("The server, or something before it, does not take it");
    } catch (error) {
      this.#noteFailure(call, error, [...CONNECTION_FAULTS, "server"]);
      throw error;
    }
  }

  async *#messages(
    call: WebSocketCall,
    first: Exchange,
  ): AsyncGenerator<readonly JsonObject[], void, undefined> {
    let exchange = first;
    for (let hasRenewed = false; ; ) {
      const { lease, body } = exchange;
      const log = new ResponseRecorder(call.url, body, lease.completed?.responseId);
      let isBegun = false;
      try {
        for await (const texts of lease.connection.exchange(exchange.message, {
          signal: call.signal,
          idleTimeoutMs: call.idleTimeoutMs,
          isComplete: () => log.completed !== undefined,
        })) {
          const { frames, refusal } = log.read(texts);
          for (const frame of frames) this.#note(frame, call);
          isBegun ||= frames.length > 0;
          if (frames.length > 0) yield frames;
          if (refusal !== undefined) {
            if (refusal.headers !== undefined) call.onHeaders(refusal.headers);
            throw refusal.error;
          }
        }
        return;
      } catch (error) {
        const isRejected = AxioError.is(error) && error.details.status === 401;
        const next = isBegun || hasRenewed ? undefined : await this.#again(call, exchange, error);
        if (next === undefined) {
          this.#noteFailure(call, error);
          throw error;
        }
        hasRenewed = isRejected || hasRenewed;
        exchange = next;
      } finally {
        const { completed } = log;
        if (completed !== undefined) {
          this.#fallback.succeeded(call.conversation);
          const { connection, accessToken, openedAt } = lease;
          this.#pool.keep(call.conversation, { connection, accessToken, openedAt, completed });
        }
      }
    }
  }

  /**
   * Begins again, unnoticed, what failed before the first word of its answer for a reason that a new connection mends: the
   * old one had ended, or its sign-in.
   */
  async #again(call: WebSocketCall, failed: Exchange, error: unknown): Promise<Exchange | undefined> {
    if (!AxioError.is(error) || call.signal?.aborted) return undefined;
    const isRejected = error.details.status === 401;
    const hasEnded =
      error.code === "stream-truncated" || error.code === "network" || isConnectionExpired(error);
    if (!isRejected && !(failed.isReused && hasEnded)) return undefined;
    let { credentials } = failed;
    if (isRejected) {
      credentials = await this.#backend.request.session
        .handleUnauthorized(credentials, { signal: call.signal })
        .catch((failure: unknown) => {
          throw failed.credentials.refreshToken === "" ? error : failure;
        });
    }
    return this.#begin(call, credentials, call.body(credentials));
  }

  /** Takes note of what would be said in headers. */
  #note(frame: JsonObject, call: WebSocketCall): void {
    const { type } = frame;
    if (type === "response.metadata" || type === "codex.response.metadata") {
      call.onAnswer(headersOfFrame(frame));
    }
  }

  #noteFailure(
    { conversation }: WebSocketCall,
    error: unknown,
    faults: readonly string[] = CONNECTION_FAULTS,
  ): void {
    if (!AxioError.is(error) || !faults.includes(error.code)) return;
    // Where nothing can be reached, HTTP is no better.
    if (error.code === "network" && error.details.connected === false) return;
    const scope = this.#fallback.failed(conversation);
    if (scope === "all") this.#pool.close();
    if (scope !== undefined)
      this.#warnOf(
        `It failed again and again${scope === "all" ? "" : " in this conversation"}`,
        scope,
        error,
      );
  }

  #giveUp(reason: string): undefined {
    if (!this.#fallback.trip()) return undefined;
    this.#pool.close();
    this.#warnOf(reason, "all");
    return undefined;
  }

  #warnOf(reason: string, scope: "conversation" | "all", cause?: AxioError): void {
    const { host } = this.#backend.endpoint("responses");
    const what = scope === "all" ? "Answers come" : "Its answers come";
    this.#warn(
      new AxioError(
        "network",
        `The WebSocket to ${host} is not used any more. ${reason}. ${what} as server-sent events from now on; with transport "sse" they do from the start.`,
        { cause },
      ),
    );
  }
}

function messageFor(call: WebSocketCall, body: JsonObject, { completed }: PooledConnection): string {
  const input: readonly JsonValue[] | undefined =
    completed === undefined ? undefined : incrementalInput(body, completed);
  return completed === undefined || input === undefined
    ? createMessage(body, call.facts)
    : createMessage(body, call.facts, { responseId: completed.responseId, input });
}

function isTooLarge(message: string): boolean {
  // A character takes three bytes at the most, so that most messages need not be counted.
  return message.length * 3 > MAX_MESSAGE_BYTES && Buffer.byteLength(message) > MAX_MESSAGE_BYTES;
}
