import { AxioError, abortedError, throwIfAborted } from "axio";
import { truncateForMessage } from "axio/internal";
import { createEventStream, type EventStream } from "./event-stream.ts";
import { watchIdleness } from "./idle-watch.ts";
import { connectionError, tooLongError } from "./network-error.ts";
import { DEFAULT_IDLE_TIMEOUT_MS } from "./read-server-sent-events.ts";
import { redactUrl } from "./secure-url.ts";

/** How many messages, and of how many characters, are buffered for a slow reader before the peer has to wait. */
const MAX_BUFFERED_MESSAGES = 1_000;
const MAX_BUFFERED_LENGTH = 16 * 1024 * 1024;

/** The longest response, in characters, so that one that never ends cannot fill the memory. */
const MAX_RESPONSE_LENGTH = 256 * 1024 * 1024;

/** The close code of a connection that ended without a closing handshake (RFC 6455 §7.1.5). */
const ABNORMAL_CLOSURE = 1006;

/** Options of {@link OpenWebSocket.exchange}. */
export interface ExchangeOptions {
  /** Aborts the exchange: the socket closes and the iteration throws `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The longest wait for a message, in milliseconds. Default: 300,000; `Infinity`: no limit. Pings do not count, and neither
   * does time that the caller takes.
   */
  readonly idleTimeoutMs?: number | undefined;
}

/** The part of the `WebSocket` of `ws` that {@link OpenWebSocket} uses. Users of the types need not install those of `ws`. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly OPEN: number;
  readonly isPaused: boolean;
  on(event: "message", listener: (data: { toString(): string }, isBinary: boolean) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: (code: number, reason: { toString(): string }) => void): unknown;
  send(text: string, onSent: (error?: Error) => void): void;
  pause(): void;
  resume(): void;
  terminate(): void;
}

/** The part of the underlying socket that {@link OpenWebSocket} uses. Users of the types need not install those of Node. */
export interface UnderlyingSocket {
  ref(): unknown;
  unref(): unknown;
  once?(event: "error", listener: (error: Error) => void): unknown;
}

/**
 * Returns an event handler that passes what it throws to `onError`. Thrown from an event handler, an error reaches no
 * caller: a promise that waits for the event would never be settled.
 */
export function guardHandler<Args extends readonly unknown[]>(
  onError: (error: unknown) => void,
  handler: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      handler(...args);
    } catch (error) {
      onError(error);
    }
  };
}

/** An open WebSocket that runs one exchange at a time. Between exchanges it does not keep the process alive. */
export class OpenWebSocket {
  readonly #webSocket: WebSocketLike;
  readonly #socket: UnderlyingSocket | undefined;
  readonly #url: URL;
  #failure: AxioError | undefined;
  #buffered: string[] = [];
  #bufferedLength = 0;
  /** The length of the current response. */
  #length = 0;
  #isExchanging = false;
  #wake: (() => void) | undefined;

  /** @param socket The connection of `webSocket`, if the runtime exposes it. */
  constructor(webSocket: WebSocketLike, socket: UnderlyingSocket | undefined, url: URL) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#url = url;
    socket?.unref();
    const guard = <Args extends readonly unknown[]>(handler: (...args: Args) => void) =>
      guardHandler((error) => this.#fail(unexpectedError(error, url)), handler);
    webSocket.on(
      "message",
      guard((data, isBinary) => this.#receive(data.toString(), isBinary)),
    );
    webSocket.on("error", (error) => this.#fail(connectionError(error, url)));
    // If the connection breaks, `ws` reports only that it closed.
    socket?.once?.("error", (error) => this.#fail(connectionError(error, url)));
    webSocket.on(
      "close",
      guard((code, reason) =>
        this.#fail(code === ABNORMAL_CLOSURE ? brokenError(url) : closedError(url, code, reason.toString())),
      ),
    );
  }

  /** Whether an exchange can begin. */
  get isOpen(): boolean {
    return this.#failure === undefined && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** Closes the connection. */
  close(): void {
    this.#fail(closedError(this.#url, ABNORMAL_CLOSURE, ""));
  }

  /**
   * Sends a text and returns the texts that come back, in batches as they arrive, until the loop is left. Leaving the loop
   * closes the connection, except after `finish()`: then the next exchange can begin.
   *
   * @throws AxioError `stream-truncated` if the peer closes, `network` if the connection breaks, `stream-idle` (all three
   *   retryable), `protocol` for a binary message, `aborted`.
   */
  exchange(text: string, options: ExchangeOptions = {}): EventStream<string> {
    return createEventStream((isFinished) => this.#exchange(text, options, isFinished));
  }

  async *#exchange(
    text: string,
    { signal, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS }: ExchangeOptions,
    isFinished: () => boolean,
  ): AsyncGenerator<readonly string[], void, undefined> {
    throwIfAborted(signal);
    if (this.#failure !== undefined) throw this.#failure;
    const onAbort = (): void => {
      if (signal !== undefined) this.#fail(abortedError(signal));
    };
    const watch = watchIdleness(idleTimeoutMs, () => this.#fail(idleError(this.#url, idleTimeoutMs)));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#isExchanging = true;
    this.#buffered = [];
    this.#bufferedLength = 0;
    this.#length = 0;
    this.#socket?.ref();
    try {
      // Failures are reported by "error" and "close".
      this.#webSocket.send(text, () => {});
      for (;;) {
        // Messages that came before the connection ended are delivered first.
        if (this.#buffered.length === 0 && this.#failure === undefined) await this.#nextMessage();
        watch.pause();
        const batch = this.#buffered;
        this.#buffered = [];
        this.#bufferedLength = 0;
        if (this.#webSocket.isPaused) this.#webSocket.resume();
        if (batch.length > 0) yield batch;
        else if (this.#failure !== undefined) throw this.#failure;
        if (signal?.aborted) throw abortedError(signal);
        watch.resume();
      }
    } finally {
      watch.stop();
      signal?.removeEventListener("abort", onAbort);
      this.#isExchanging = false;
      this.#buffered = [];
      this.#socket?.unref();
      if (!isFinished()) this.close();
    }
  }

  #nextMessage(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #receive(text: string, isBinary: boolean): void {
    if (isBinary) this.#fail(binaryError(this.#url));
    // A message between two exchanges belongs to neither.
    if (!this.#isExchanging || this.#failure !== undefined) return;
    this.#buffered.push(text);
    this.#bufferedLength += text.length;
    this.#length += text.length;
    if (this.#length > MAX_RESPONSE_LENGTH) this.#fail(tooLongError(this.#url, MAX_RESPONSE_LENGTH));
    else if (this.#buffered.length >= MAX_BUFFERED_MESSAGES || this.#bufferedLength >= MAX_BUFFERED_LENGTH)
      this.#webSocket.pause();
    this.#wakeUp();
  }

  /** Records the first failure: a connection that was cut also reports that it closed. */
  #fail(error: AxioError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (AxioError.is(error, "aborted")) this.#buffered = [];
    this.#wakeUp();
    this.#webSocket.terminate();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function closedError(url: URL, code: number, reason: string): AxioError {
  const quote = reason === "" ? "" : ` It said: ${truncateForMessage(reason)}`;
  return new AxioError(
    "stream-truncated",
    `${url.host} closed the connection before the response was complete (${code}). Try again.${quote}`,
    { retryable: true, details: { url: redactUrl(url) } },
  );
}

/** The error for an error in the code that handles a connection. */
export function unexpectedError(cause: unknown, url: URL): AxioError {
  return new AxioError(
    "unexpected",
    `The WebSocket to ${url.host} cannot be used on this runtime. Set transport to "sse".`,
    {
      cause,
      details: { url: redactUrl(url) },
    },
  );
}

function brokenError(url: URL): AxioError {
  return connectionError(new Error("The connection ended without a closing handshake."), url);
}

function idleError(url: URL, idleTimeoutMs: number): AxioError {
  return new AxioError(
    "stream-idle",
    `${url.host} kept the connection open but sent no message for ${idleTimeoutMs / 1000} s. Try again.`,
    { retryable: true, details: { url: redactUrl(url) } },
  );
}

function binaryError(url: URL): AxioError {
  return new AxioError(
    "protocol",
    `${url.host} sent a binary message instead of text. If this persists, set transport to "sse".`,
    { retryable: true, details: { url: redactUrl(url) } },
  );
}
