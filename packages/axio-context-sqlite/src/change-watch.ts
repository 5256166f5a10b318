import type { Connection } from "./connection.ts";

const POLL_MS = 250;

/** Tells listeners about changes of a file: those of this process at once, those of others within a quarter of a second. */
export class ChangeWatch {
  readonly #connection: Connection;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #version = -1;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Calls `onChange` after changes. Returns a function that ends it. */
  follow(onChange: () => void): () => void {
    // A wrapper, because one function may follow twice.
    const listener = (): void => onChange();
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#look(), POLL_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Tells all listeners. */
  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** SQLite counts the changes that other connections make. */
  async #look(): Promise<void> {
    try {
      const [row] = await this.#connection.read((transaction) => transaction.rows("PRAGMA data_version"));
      const version = Number(row?.["data_version"]);
      const isChanged = this.#version >= 0 && version !== this.#version;
      this.#version = version;
      if (isChanged) this.notify();
    } catch {
      // The file is closed or locked. Listeners also poll.
    }
  }
}
