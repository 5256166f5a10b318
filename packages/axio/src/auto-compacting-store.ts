import { type CompactionOptions, type CompactionResult, compactContext } from "./compaction.ts";
import type { AppendInfo, ContextStore, SessionSummary } from "./context-store.ts";
import type { Message } from "./messages.ts";

/** When and how a store shortens itself. */
export interface AutoCompactionOptions extends CompactionOptions {
  /** Compacts when the history takes more tokens than this. A good value is 80 to 90 % of the model's `contextWindow`. */
  readonly maxTokens: number;
  /** Told after each compaction. */
  readonly onCompaction?: (result: CompactionResult) => void;
  /** Told when a compaction failed. The history is then as it was, and the next append tries again. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * A store that puts its older part into fewer words whenever it grows past a limit.
 *
 * @example
 * ```ts
 * const context = new AutoCompactingStore(new MemoryContextStore(), {
 *   maxTokens: 200_000,
 *   strategy: summarizeWith(transport),
 * });
 * ```
 */
export class AutoCompactingStore implements ContextStore {
  readonly #store: ContextStore;
  readonly #options: AutoCompactionOptions;

  constructor(store: ContextStore, options: AutoCompactionOptions) {
    this.#store = store;
    this.#options = options;
  }

  get id(): string {
    return this.#store.id;
  }

  async append(messages: readonly Message[], info?: AppendInfo): Promise<void> {
    await this.#store.append(messages, info);
    if ((await this.#store.tokenCount()) <= this.#options.maxTokens) return;
    try {
      const result = await compactContext(this.#store, this.#options);
      if (result.replaced > 0) this.#options.onCompaction?.(result);
    } catch (error) {
      // What was appended is safe; a summary that failed must not fail the turn it followed.
      this.#options.onFailure?.(error);
    }
  }

  history(): Promise<readonly Message[]> {
    return this.#store.history();
  }

  async fork(): Promise<AutoCompactingStore> {
    return new AutoCompactingStore(await this.#store.fork(), this.#options);
  }

  clear(): Promise<void> {
    return this.#store.clear();
  }

  compact(replacement: readonly Message[], count: number): Promise<void> {
    return this.#store.compact(replacement, count);
  }

  tokenCount(): Promise<number> {
    return this.#store.tokenCount();
  }

  listSessions(): Promise<readonly SessionSummary[]> {
    return this.#store.listSessions();
  }
}
