import type { OpenWebSocket } from "axio-http";
import type { CompletedResponse } from "../continuation/incremental-input.ts";

/** A connection between two calls. */
export interface PooledConnection {
  readonly socket: OpenWebSocket;
  /** The token or key that it was opened with: another one may be of another account. */
  readonly secret: string;
  /** When it was opened, by `performance.now()`. */
  readonly openedAt: number;
  /** The response that the server remembers on it. */
  readonly completed?: CompletedResponse | undefined;
}

/** The age at which a connection gets no more calls, in milliseconds. Servers close it after 60 minutes. */
const MAX_AGE_MS = 55 * 60_000;

/** How many connections are kept: more than one program has conversations at the same time. */
const MAX_CONNECTIONS = 16;

/** How long a connection is kept for the next call, in milliseconds. After that the server's cache is cold too. */
const MAX_IDLE_MS = 10 * 60_000;

interface Entry {
  readonly pooled: PooledConnection;
  readonly timer: NodeJS.Timeout;
}

/** Keeps one connection for each conversation between calls. None of them keeps the process alive. */
export class ConnectionPool {
  readonly #entries = new Map<string, Entry>();
  #isClosed = false;

  /** Takes the connection of a conversation out of the pool, if it can be used. */
  take(conversation: string, secret: string): PooledConnection | undefined {
    const pooled = this.#remove(conversation);
    if (pooled === undefined) return undefined;
    const isYoung = performance.now() - pooled.openedAt < MAX_AGE_MS;
    if (isYoung && pooled.socket.isOpen && pooled.secret === secret) return pooled;
    pooled.socket.close();
    return undefined;
  }

  /** Keeps a connection for the next call of a conversation. One that was kept for it before is closed. */
  keep(conversation: string, pooled: PooledConnection): void {
    if (this.#isClosed) {
      pooled.socket.close();
      return;
    }
    this.#end(conversation);
    const timer = setTimeout(() => this.#end(conversation), MAX_IDLE_MS);
    timer.unref();
    this.#entries.set(conversation, { pooled, timer });
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size > MAX_CONNECTIONS) this.#end(oldest);
  }

  /** Closes all connections, and those that would be kept later. */
  close(): void {
    this.#isClosed = true;
    for (const conversation of [...this.#entries.keys()]) this.#end(conversation);
  }

  #end(conversation: string): void {
    this.#remove(conversation)?.socket.close();
  }

  #remove(conversation: string): PooledConnection | undefined {
    const entry = this.#entries.get(conversation);
    if (entry === undefined) return undefined;
    clearTimeout(entry.timer);
    this.#entries.delete(conversation);
    return entry.pooled;
  }
}
