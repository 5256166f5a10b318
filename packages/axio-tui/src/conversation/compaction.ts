import {
  AutoCompactingStore,
  type CompactionResult,
  type CompactionStrategy,
  type ContextStore,
  compactContext,
  summarizeWith,
} from "axio";
import type { SessionDatabase, SqliteContextStore } from "axio-context-sqlite";
import { type ActiveProvider, activeModel, modelOptions } from "./active-provider.ts";

/** The share of the model's context window at which a conversation is compacted automatically. */
const AUTO_COMPACT_SHARE = 0.85;
/** A compaction that the user asks for should have an effect in short conversations, too. */
const KEPT_TOKENS = 2_000;

/** The share of the model's context window that the newest messages may fill after it; more is cut out of tool results. */
const KEPT_SHARE = 0.25;

/** A compaction that can be undone. */
export interface Compaction {
  readonly result: CompactionResult;
  /** The session before it: a fork, which stays stored. */
  readonly before: SqliteContextStore;
  /** How many messages the history had after it. */
  readonly messagesAfter: number;
}

/** Compacts a session, automatically or on request, and stores a fork of it first. */
export class Compactor {
  readonly #sessions: SessionDatabase;
  readonly #session: SqliteContextStore;
  readonly #active: ActiveProvider;
  #before: SqliteContextStore | undefined;

  constructor(sessions: SessionDatabase, session: SqliteContextStore, active: ActiveProvider) {
    this.#sessions = sessions;
    this.#session = session;
    this.#active = active;
  }

  /** Returns a store that compacts the session near the end of the model's context window, if that is known. */
  automatic(handlers: {
    readonly onCompaction: (compaction: Compaction) => void;
    /** Called if only tool results were shortened. */
    readonly onShortened: (result: CompactionResult) => void;
    readonly onFailure: (error: unknown) => void;
  }): ContextStore {
    const { contextWindow } = activeModel(this.#active);
    if (contextWindow === undefined) return this.#session;
    return new AutoCompactingStore(this.#session, {
      maxTokens: Math.floor(contextWindow * AUTO_COMPACT_SHARE),
      strategy: this.#strategy,
      onCompaction: (result) => {
        if (result.replaced === 0) handlers.onShortened(result);
        this.#finish(result)
          .then((compaction) => compaction !== undefined && handlers.onCompaction(compaction))
          .catch(handlers.onFailure);
      },
      onFailure: (error) => {
        this.#deleteFork().then(() => handlers.onFailure(error), handlers.onFailure);
      },
    });
  }

  /**
   * Compacts now. `compaction` is `undefined` if nothing could be replaced; tool results may have been shortened.
   *
   * @throws AxioError of the request to the model. The session is unchanged.
   */
  async compact(
    signal: AbortSignal,
  ): Promise<{ readonly result: CompactionResult; readonly compaction: Compaction | undefined }> {
    const { contextWindow } = activeModel(this.#active);
    try {
      const result = await compactContext(this.#session, {
        strategy: this.#strategy,
        keepTokens: KEPT_TOKENS,
        maxTokens: contextWindow === undefined ? undefined : Math.floor(contextWindow * KEPT_SHARE),
        signal,
      });
      return { result, compaction: await this.#finish(result) };
    } catch (error) {
      await this.#deleteFork();
      throw error;
    }
  }

  readonly #strategy: CompactionStrategy = async (messages, options) => {
    this.#before = await this.#session.fork();
    return summarizeWith(this.#active.transport, modelOptions(this.#active))(messages, options);
  };

  async #finish(result: CompactionResult): Promise<Compaction | undefined> {
    const before = this.#before;
    if (before === undefined) return undefined;
    if (result.replaced === 0) {
      await this.#deleteFork();
      return undefined;
    }
    this.#before = undefined;
    return { result, before, messagesAfter: (await this.#session.history()).length };
  }

  // The fork of a compaction that did not happen should not appear in the list of sessions.
  async #deleteFork(): Promise<void> {
    const before = this.#before;
    this.#before = undefined;
    if (before !== undefined) await this.#sessions.delete(before.id);
  }
}

/** Undoes a compaction: adds later messages to the session from before it, and returns that session. */
export async function undoCompaction(
  session: SqliteContextStore,
  { before, messagesAfter }: Compaction,
): Promise<SqliteContextStore> {
  const later = (await session.history()).slice(messagesAfter);
  if (later.length > 0) await before.append(later);
  return before;
}

/** Describes what a compaction did. */
export function describeCompaction(result: CompactionResult): string {
  return `Compacted: a summary replaces ${result.replaced} earlier messages, ${describeTokens(result)}. The transcript above stays.`;
}

/** Describes a compaction that only shortened tool results. */
export function describeShortening(result: CompactionResult): string {
  return `Long tool results were shortened for the model: ${describeTokens(result)}.`;
}

function describeTokens({ tokensBefore, tokensAfter }: CompactionResult): string {
  return `${tokensBefore.toLocaleString("en")} tokens became ${tokensAfter.toLocaleString("en")}`;
}
