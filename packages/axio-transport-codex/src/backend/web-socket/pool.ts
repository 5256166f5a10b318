import type { WebSocketConnection } from "axio-http";
import { WEB_SOCKET_LIFE_MS } from "../../config.ts";
import type { CompletedResponse } from "./incremental-input.ts";

/** A connection between two calls. */
export interface PooledConnection {
  readonly connection: WebSocketConnection;
  /** The token that it was opened with: another one may be of another account. */
  readonly accessToken: string;
  /** When it was opened, by `performance.now()`. */
  readonly openedAt: number;
  /** The answer that the server remembers on it. */
  readonly completed?: CompletedResponse;
}

/** How many connections are kept: more than one program has conversations under way at the same time. */
const MOST_KEPT = 16;

/** How long a connection is kept for a next call, in milliseconds. Afterwards the server's cache is cold as well. */
const IDLE_LIFE_MS = 10 * 60_000;

interface Entry {
  readonly kept: PooledConnection;
  readonly timer: NodeJS.Timeout;
}

/** Keeps one connection for each conversation, from call to call. None of them keeps the process alive. */
export class ConnectionPool {
  readonly #entries = new Map<string, Entry>();
  #isClosed = false;

  /** Takes the connection of a conversation, if there is one that can be used. It is the caller's until it is kept again. */
  take(conversation: string, accessToken: string): PooledConnection | undefined {
    const kept = this.#remove(conversation);
    if (kept === undefined) return undefined;
    const isYoung = performance.now() - kept.openedAt < WEB_SOCKET_LIFE_MS;
    if (isYoung && kept.connection.isOpen && kept.accessToken === accessToken) return kept;
    kept.connection.close();
    return undefined;
  }

  /** Keeps a connection for the next call; one that was kept for the same conversation ends. */
  keep(conversation: string, kept: PooledConnection): void {
    if (this.#isClosed) {
      kept.connection.close();
      return;
    }
    this.#end(conversation);
    const timer = setTimeout(() => this.#end(conversation), IDLE_LIFE_MS);
    timer.unref();
    this.#entries.set(conversation, { kept, timer });
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size > MOST_KEPT) this.#end(oldest);
  }

  /** Ends all that is kept, and all that would be. */
  close(): void {
    this.#isClosed = true;
    for (const conversation of [...this.#entries.keys()]) this.#end(conversation);
  }

  #end(conversation: string): void {
    this.#remove(conversation)?.connection.close();
  }

  #remove(conversation: string): PooledConnection | undefined {
    const entry = this.#entries.get(conversation);
    if (entry === undefined) return undefined;
    clearTimeout(entry.timer);
    this.#entries.delete(conversation);
    return entry.kept;
  }
}
