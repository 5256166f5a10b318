import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ChangeListeners } from "axio/internal";

/** A connection that waits for notifications, such as `Client` of the package `pg`. */
export interface ListeningClient {
  connect(): Promise<unknown>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  /** Lets the process end although the connection is open. */
  unref?(): void;
  on(event: "notification", listener: (message: { readonly payload?: string | undefined }) => void): unknown;
  on(event: "error" | "end", listener: () => void): unknown;
}

export type OpenListener = () => ListeningClient;

/** The channel of all notifications. */
export const CHANNEL = "axio_changed";

/** The topic of all credentials of a database. They change rarely. */
export const CREDENTIALS: string = topicOf("credentials");

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;
/** PostgreSQL accepts payloads of less than 8,000 bytes. */
const MAX_TOPICS = 600;
/** Stands for all topics. */
const ALL = "*";

/** Returns the topic of a change: short, and without the names that it is made of. */
export function topicOf(...names: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(names)).digest("base64url").slice(0, 11);
}

/**
 * Tells listeners about changes: those of this process at once, those of others by notifications of the database. These are
 * hints. They are missing through a pooler in transaction mode, and while the connection is lost, so listeners also poll.
 */
export class ChangeFeed {
  readonly #open: OpenListener | undefined;
  /** Names this process in its notifications, which it ignores. */
  readonly #sender = randomBytes(6).toString("base64url");
  readonly #listeners = new ChangeListeners();
  readonly #closing = new AbortController();
  #listening: Promise<void> | undefined;
  /** Whether changes of other processes are heard at the moment. */
  #isHearing = false;

  constructor(open: OpenListener | undefined) {
    this.#open = open;
  }

  /** Calls `onChange` after changes of a topic. Returns a function that ends it. */
  follow(topic: string, onChange: () => void): () => void {
    if (!this.#closing.signal.aborted && this.#open !== undefined)
      this.#listening ??= this.#keepListening(this.#open);
    return this.#listeners.follow(topic, onChange);
  }

  /**
   * Counts the changes of a topic, for as long as this exists. The function returns the number, or `undefined` while changes of
   * other processes are not heard. It opens no connection: it uses that of followers.
   */
  count(topic: string): () => number | undefined {
    let changes = 0;
    this.#listeners.follow(topic, () => {
      changes += 1;
    });
    return () => (this.#isHearing ? changes : undefined);
  }

  /** The payload of a notification about topics, for `pg_notify()`. */
  payload(topics: readonly string[]): string {
    return [this.#sender, ...(topics.length > MAX_TOPICS ? [ALL] : topics)].join(",");
  }

  /** Tells the listeners of this process. */
  tell(topics: readonly string[]): void {
    this.#listeners.tell(topics);
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listening;
  }

  #receive(payload = ""): void {
    const [sender, ...topics] = payload.split(",");
    if (sender === this.#sender) return;
    this.tell(topics.includes(ALL) ? this.#listeners.topics : topics);
  }

  /** Listens, and opens another connection when one is lost. */
  async #keepListening(open: OpenListener): Promise<void> {
    const { signal } = this.#closing;
    let delayMs = FIRST_DELAY_MS;
    while (!signal.aborted) {
      const isListening = await this.#listen(open());
      delayMs = isListening ? FIRST_DELAY_MS : Math.min(delayMs * 2, MAX_DELAY_MS);
      const pauseMs = delayMs * (0.5 + Math.random() / 2);
      if (!signal.aborted) await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Listens until the connection ends. Returns whether it was ever open. */
  async #listen(client: ListeningClient): Promise<boolean> {
    const { signal } = this.#closing;
    let isListening = false;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    client.on("error", end);
    client.on("end", end);
    client.on("notification", ({ payload }) => this.#receive(payload));
    signal.addEventListener("abort", end, { once: true });
    try {
      await client.connect();
      client.unref?.();
      await client.query(`LISTEN ${CHANNEL}`);
      isListening = true;
      this.#isHearing = true;
      // Changes before this moment were not heard.
      this.tell(this.#listeners.topics);
      if (!signal.aborted) await ended;
    } catch {
      // The database cannot be reached. Listeners poll, and report that.
    } finally {
      this.#isHearing = false;
      signal.removeEventListener("abort", end);
      await client.end().catch(() => undefined);
    }
    return isListening;
  }
}
