import { checkOptions } from "./check-options.ts";
import {
  type CompactionOptions,
  type CompactionResult,
  compactContext,
  DEFAULT_KEEP_TOKENS,
} from "./compaction.ts";
import type { AppendInfo, ContextStore } from "./context-store.ts";
import { DelegatingStore } from "./delegating-store.ts";
import { AxioError } from "./errors.ts";
import type { Message } from "./messages.ts";
import { AUTO_COMPACTION_RULES, checkStore } from "./option-rules.ts";

/** The options of an {@link AutoCompactingStore}. */
export interface AutoCompactionOptions extends Omit<CompactionOptions, "signal"> {
  /** Compacts if the history has more tokens, and shortens large tool results if that is not enough. Use 80 to 90 % of the model's `contextWindow`. */
  readonly maxTokens: number;
  /** As for `compactContext()`, and less than `maxTokens`. Default: 8,000, or half of `maxTokens` if that is less. */
  readonly keepTokens?: number | undefined;
  /** Called after each compaction. */
  readonly onCompaction?: ((result: CompactionResult) => void) | undefined;
  /**
   * Called if a compaction fails: the history is unchanged, and the next append tries again. Also called with the error
   * `context-length`, once, if the history stays longer than `maxTokens`.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/**
 * Compacts another store whenever it exceeds a limit.
 *
 * @example
 * ```ts
 * import { AutoCompactingStore, MemoryContextStore, summarizeWith } from "axio";
 *
 * const context = new AutoCompactingStore(new MemoryContextStore(), {
 *   maxTokens: 200_000,
 *   strategy: summarizeWith(transport),
 * });
 * ```
 */
export class AutoCompactingStore extends DelegatingStore {
  readonly #options: AutoCompactionOptions;
  #isCompacting = false;
  /** Whether the last compaction left too many tokens, and that was reported. */
  #isStuck = false;

  /** @throws AxioError `invalid-argument` if `keepTokens` is not less than `maxTokens`. */
  constructor(store: ContextStore, options: AutoCompactionOptions) {
    checkStore("AutoCompactingStore", store);
    checkOptions("AutoCompactingStore", options, AUTO_COMPACTION_RULES);
    const { maxTokens, keepTokens = Math.min(DEFAULT_KEEP_TOKENS, Math.floor(maxTokens / 2)) } = options;
    if (!(keepTokens < maxTokens)) {
      throw new AxioError(
        "invalid-argument",
        `keepTokens (${keepTokens}) must be less than maxTokens (${maxTokens}). Otherwise every append would compact.`,
      );
    }
    super(store);
    this.#options = { ...options, keepTokens };
  }

  override async append(messages: readonly Message[], info?: AppendInfo): Promise<void> {
    await this.store.append(messages, info);
    // One at a time: a second summary of the same messages would replace more than it covers.
    if (this.#isCompacting || info?.signal?.aborted) return;
    this.#isCompacting = true;
    try {
      const result = await this.#compactIfLong(info?.signal);
      this.#report(result);
    } finally {
      this.#isCompacting = false;
    }
  }

  async fork(): Promise<AutoCompactingStore> {
    return new AutoCompactingStore(await this.store.fork(), this.#options);
  }

  async #compactIfLong(signal: AbortSignal | undefined): Promise<CompactionResult | undefined> {
    const { maxTokens, keepTokens, strategy, onFailure } = this.#options;
    try {
      if ((await this.store.tokenCount()) <= maxTokens) {
        this.#isStuck = false;
        return undefined;
      }
      return await compactContext(this.store, { strategy, keepTokens, maxTokens, signal });
    } catch (error) {
      // The messages are stored: a failed summary must not fail the step.
      if (!signal?.aborted) onFailure?.(error);
      return undefined;
    }
  }

  #report(result: CompactionResult | undefined): void {
    if (result === undefined) return;
    const { maxTokens, onCompaction, onFailure } = this.#options;
    if (result.replaced > 0 || result.shortened > 0) onCompaction?.(result);
    const isStuck = result.tokensAfter > maxTokens;
    if (isStuck && !this.#isStuck) {
      onFailure?.(
        new AxioError(
          "context-length",
          `The conversation has ${result.tokensAfter} tokens, more than its limit of ${maxTokens}, and no more of it can be compacted. Start a new conversation, or allow more tokens.`,
        ),
      );
    }
    this.#isStuck = isStuck;
  }
}
