import type { JsonObject } from "axio";

/** A response with its input, as a later request needs it. */
export interface StoredResponse {
  /** The response object, as the client got it. */
  readonly response: JsonObject;
  /** The items of the whole conversation up to this response: all input, then all output. */
  readonly items: readonly JsonObject[];
  /** The number of `items` that are input. */
  readonly inputCount: number;
  /** Identifies the conversation, so that its requests find the provider's cache. */
  readonly conversationId: string;
}

/** Stores responses for `previous_response_id`. */
export interface ResponseStore {
  /** Stores a response under its id. */
  put(id: string, stored: StoredResponse): void | Promise<void>;
  /** Returns a response, `undefined` if it is unknown. */
  get(id: string): StoredResponse | undefined | Promise<StoredResponse | undefined>;
  /** Deletes a response. Returns whether it was stored. */
  delete(id: string): boolean | Promise<boolean>;
}

/** Limits of a {@link MemoryResponseStore}. */
export interface MemoryResponseStoreOptions {
  /** Default: 1,000. */
  readonly maxResponses?: number | undefined;
  /** The size as JSON, in UTF-16 units. Default: 64 Mi. */
  readonly maxSize?: number | undefined;
}

/**
 * Stores responses in memory. Beyond its limits it forgets those that were not used for the longest time.
 *
 * @example
 * ```ts
 * import { MemoryResponseStore } from "axio-openai-client";
 *
 * const store = new MemoryResponseStore({ maxResponses: 100 });
 * console.log(store.get("resp_unknown")); // undefined
 * ```
 */
export class MemoryResponseStore implements ResponseStore {
  readonly #maxResponses: number;
  readonly #maxSize: number;
  readonly #entries = new Map<string, { readonly stored: StoredResponse; readonly size: number }>();
  #size = 0;

  constructor({ maxResponses = 1_000, maxSize = 64 * 1024 * 1024 }: MemoryResponseStoreOptions = {}) {
    this.#maxResponses = maxResponses;
    this.#maxSize = maxSize;
  }

  put(id: string, stored: StoredResponse): void {
    this.delete(id);
    const size = JSON.stringify(stored).length;
    this.#entries.set(id, { stored, size });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxResponses && this.#size <= this.#maxSize) break;
      this.delete(oldest);
    }
  }

  get(id: string): StoredResponse | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    // The order of the map is the order of use.
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry.stored;
  }

  delete(id: string): boolean {
    this.#size -= this.#entries.get(id)?.size ?? 0;
    return this.#entries.delete(id);
  }
}
