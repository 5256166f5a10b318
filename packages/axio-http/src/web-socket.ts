import type { Socket } from "node:net";
import { AxioError, abortedError, throwIfAborted } from "axio";
import type { WebSocket } from "ws";
import { truncateForMessage } from "./clean-text.ts";
import { watchIdleness } from "./idle-watch.ts";
import { networkError } from "./network-error.ts";
import { DEFAULT_IDLE_TIMEOUT_MS } from "./read-server-sent-events.ts";
import { redactUrl } from "./secure-url.ts";
import type { ExchangeOptions, WebSocketConnection } from "./web-socket-connection.ts";

/** How many messages wait for a slow reader before the peer has to. */
const MOST_WAITING = 1_000;

/** A connection that ended without a word (RFC 6455 section 7.1.5). */
const ABNORMAL = 1006;

/** The connection that a socket of `ws` makes, once it is open. */
export class OpenWebSocket implements WebSocketConnection {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #url: URL;
  #failure: AxioError | undefined;
  #waiting: string[] = [];
  #isExchanging = false;
  #wake: (() => void) | undefined;

  constructor(webSocket: WebSocket, socket: Socket, url: URL) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#url = url;
    socket.unref();
    webSocket.on("message", (data, isBinary) => this.#receive(data.toString(), isBinary));
    webSocket.on("error", (error) => this.#fail(networkError(error, url)));
    // Of what breaks the connection `ws` tells only that it closed.
    socket.once("error", (error) => this.#fail(networkError(error, url)));
    webSocket.on("close", (code, reason) =>
      this.#fail(code === ABNORMAL ? brokenError(url) : closedError(url, code, reason.toString())),
    );
  }

  get isOpen(): boolean {
    return this.#failure === undefined && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  close(): void {
    this.#fail(closedError(this.#url, ABNORMAL, ""));
  }

  async *exchange(
    text: string,
    { signal, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS, isComplete }: ExchangeOptions = {},
  ): AsyncGenerator<readonly string[], void, undefined> {
    throwIfAborted(signal);
    if (this.#failure !== undefined) throw this.#failure;
    const onAbort = (): void => {
      if (signal !== undefined) this.#fail(abortedError(signal));
    };
    const watch = watchIdleness(idleTimeoutMs, () => this.#fail(idleError(this.#url, idleTimeoutMs)));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#isExchanging = true;
    this.#waiting = [];
    this.#socket.ref();
    try {
      // What becomes of it, "error" and "close" tell.
      this.#webSocket.send(text, () => {});
      for (;;) {
        // What came before the connection ended, came.
        if (this.#waiting.length === 0 && this.#failure === undefined) await this.#nextMessage();
        watch.pause();
        const batch = this.#waiting;
        this.#waiting = [];
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
      this.#waiting = [];
      this.#socket.unref();
      if (isComplete?.() !== true) this.close();
    }
  }

  #nextMessage(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #receive(text: string, isBinary: boolean): void {
    if (isBinary) this.#fail(binaryError(this.#url));
    // What comes between two exchanges belongs to none.
    if (!this.#isExchanging || this.#failure !== undefined) return;
    this.#waiting.push(text);
    if (this.#waiting.length >= MOST_WAITING) this.#webSocket.pause();
    this.#wakeUp();
  }

  /** The first failure holds: a connection that was cut then also closes. */
  #fail(error: AxioError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (AxioError.is(error, "aborted")) this.#waiting = [];
    this.#webSocket.terminate();
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function closedError(url: URL, code: number, reason: string): AxioError {
  const said = reason === "" ? "" : ` It said: ${truncateForMessage(reason)}`;
  return new AxioError(
    "stream-truncated",
    `${url.host} closed the connection before the answer was complete (${code}). Try again.${said}`,
    { retryable: true, details: { url: redactUrl(url) } },
  );
}

function brokenError(url: URL): AxioError {
  return networkError(new Error("The connection ended without a closing handshake."), url);
}

function idleError(url: URL, idleTimeoutMs: number): AxioError {
  return new AxioError(
    "stream-idle",
    `${url.host} kept the connection open but sent no message for ${idleTimeoutMs / 1000} s.`,
    { retryable: true, details: { url: redactUrl(url) } },
  );
}

function binaryError(url: URL): AxioError {
  return new AxioError(
    "protocol",
    `${url.host} sent bytes where text was to come. Set transport to "sse" if this stays.`,
    { retryable: true, details: { url: redactUrl(url) } },
  );
}
