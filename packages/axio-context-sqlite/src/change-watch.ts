import { ChangeListeners } from "axio/internal";
import type { Connection } from "./connection.ts";

const POLL_MS = 250;

/** Tells listeners about changes of a file: those of this process at once, those of others within a quarter of a second. */
export class ChangeWatch {
  readonly #connection: Connection;
  readonly #listeners = new ChangeListeners();
  #timer: ReturnType<typeof setInterval> | undefined;
  #version = -1;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Calls `onChange` after changes of a topic. Returns a function that ends it. */
  follow(topic: string, onChange: () => void): () => void {
    const leave = this.#listeners.follow(topic, onChange);
    this.#timer ??= setInterval(() => void this.#look(), POLL_MS).unref();
    return () => {
      leave();
      if (this.#listeners.topics.length > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Tells the listeners of topics. */
  notify(topics: readonly string[]): void {
    this.#listeners.tell(topics);
  }

  /** SQLite counts the changes that other connections make, but does not tell what was changed. */
  async #look(): Promise<void> {
    try {
      const [row] = await this.#connection.read((transaction) => transaction.rows("PRAGMA data_version"));
      const version = Number(row?.["data_version"]);
      const isChanged = this.#version >= 0 && version !== this.#version;
      this.#version = version;
      if (isChanged) this.notify(this.#listeners.topics);
    } catch {
      // The file is closed or locked. Listeners also poll.
    }
  }
}
