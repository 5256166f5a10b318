/** Options of {@link WebSocketConnection.exchange}. */
export interface ExchangeOptions {
  /** Ends the exchange: the socket closes, and the iteration throws `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long to wait for a message, in milliseconds. Default 300,000; `Infinity` for ever. Pings do not count, and neither
   * does the time that the caller takes.
   */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * Asked when the loop is left: whether all that matters has come. If so the connection stays open for the next exchange;
   * otherwise it closes. Default: never.
   */
  readonly isComplete?: (() => boolean) | undefined;
}

/** A WebSocket on which one exchange runs at a time. Without one it does not keep the process alive. */
export interface WebSocketConnection {
  /** Whether an exchange can begin. */
  readonly isOpen: boolean;
  /**
   * Sends a text, and gives the texts that come back, in batches as they arrive, until the loop is left.
   *
   * @throws AxioError `stream-truncated` where the peer closes, `network` where the connection breaks, `stream-idle` (all retryable), `protocol` for
   * a binary message, `aborted`.
   */
  exchange(text: string, options?: ExchangeOptions): AsyncGenerator<readonly string[], void, undefined>;
  /** Cuts the connection. */
  close(): void;
}
