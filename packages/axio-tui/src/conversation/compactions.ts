import type { CompactionResult, ContextStore } from "axio";
import { toAxioError } from "axio/internal";
import type { SessionDatabase, SqliteContextStore } from "axio-context-sqlite";
import type { NoticeEntry } from "../transcript/entries.ts";
import type { ActiveProvider } from "./active-provider.ts";
import {
  type Compaction,
  Compactor,
  describeCompaction,
  describeShortening,
  undoCompaction,
} from "./compaction.ts";

/** Options of {@link Compactions}. */
export interface CompactionsOptions {
  readonly sessions: SessionDatabase;
  readonly notify: (level: NoticeEntry["level"], text: string, remedy?: string) => void;
  /** Called with the tokens of the history after a compaction. */
  readonly onTokens: (tokens: number) => void;
}

/** The compactions of a conversation, and how to undo the last one. */
export class Compactions {
  readonly #options: CompactionsOptions;
  #last: Compaction | undefined;

  constructor(options: CompactionsOptions) {
    this.#options = options;
  }

  /** Forgets the last compaction, because it belongs to another session. */
  forget(): void {
    this.#last = undefined;
  }

  /** Returns a store that compacts the session near the end of the model's context window. */
  automatic(session: SqliteContextStore, active: ActiveProvider): ContextStore {
    const { sessions, notify } = this.#options;
    return new Compactor(sessions, session, active).automatic({
      onCompaction: (compaction) => this.#show(compaction),
      onShortened: (result) => this.#showShortening(result),
      onFailure: (error) =>
        notify("warning", `The conversation could not be compacted: ${toAxioError(error).message}`),
    });
  }

  /** Summarizes earlier messages. */
  async compact(session: SqliteContextStore, active: ActiveProvider, signal: AbortSignal): Promise<void> {
    const { sessions, notify } = this.#options;
    try {
      const { result, compaction } = await new Compactor(sessions, session, active).compact(signal);
      if (compaction !== undefined) this.#show(compaction);
      else if (result.shortened > 0) this.#showShortening(result);
      else notify("info", "The conversation is short enough: nothing was compacted.");
    } catch (error) {
      if (!signal.aborted) throw error;
      notify("info", "Stopped. The conversation is unchanged.");
    }
  }

  /** Returns the session from before the last compaction, with the later messages. `undefined` if there was none. */
  async undo(session: SqliteContextStore): Promise<SqliteContextStore | undefined> {
    return this.#last === undefined ? undefined : undoCompaction(session, this.#last);
  }

  #showShortening(result: CompactionResult): void {
    this.#options.onTokens(result.tokensAfter);
    this.#options.notify("info", describeShortening(result));
  }

  #show(compaction: Compaction): void {
    this.#last = compaction;
    this.#options.onTokens(compaction.result.tokensAfter);
    this.#options.notify("info", describeCompaction(compaction.result), "/compact undo undoes it.");
  }
}
