import {
  AutoCompactingStore,
  type CompactionResult,
  type CompactionStrategy,
  type ContextStore,
  compactContext,
  summarizeWith,
} from "axio";
import type { SessionDatabase, SqliteContextStore } from "axio-context-sqlite";
import { type ActiveTransport, activeModel, modelOptions } from "./open-transport.ts";

/** At which part of the model's window a conversation is compacted by itself. */
const FULL = 0.85;

/** A compaction that can be taken back. */
export interface DoneCompaction {
  readonly result: CompactionResult;
  /** The session as it was: a fork, which stays in the list. */
  readonly before: SqliteContextStore;
  /** How many messages the history had right after it. */
  readonly messagesAfter: number;
}

/** Compacts a session, by itself or when asked, and keeps what it was as a fork. */
export class Compactor {
  readonly #sessions: SessionDatabase;
  readonly #session: SqliteContextStore;
  readonly #active: ActiveTransport;
  #before: SqliteContextStore | undefined;

  constructor(sessions: SessionDatabase, session: SqliteContextStore, active: ActiveTransport) {
    this.#sessions = sessions;
    this.#session = session;
    this.#active = active;
  }

  /** The session, compacting itself near the end of the model's window; the session itself where the window is not known. */
  automatic(handlers: {
    readonly onCompaction: (done: DoneCompaction) => void;
    readonly onFailure: (error: unknown) => void;
  }): ContextStore {
    const window = activeModel(this.#active).contextWindow;
    if (window === undefined) return this.#session;
    return new AutoCompactingStore(this.#session, {
      maxTokens: Math.floor(window * FULL),
      strategy: this.#strategy,
      onCompaction: (result) => {
        this.#done(result).then(
          (done) => done !== undefined && handlers.onCompaction(done),
          handlers.onFailure,
        );
      },
      onFailure: (error) => {
        this.#forget().then(() => handlers.onFailure(error), handlers.onFailure);
      },
    });
  }

  /**
   * Compacts now.
   *
   * @returns `undefined` where there is nothing to gain.
   * @throws AxioError what the model's call throws; the session is then as it was.
   */
  async now(signal: AbortSignal): Promise<DoneCompaction | undefined> {
    try {
      const result = await compactContext(this.#session, {
        strategy: this.#strategy,
        // Asked for by a person, so it is to help even where the conversation is short.
        keepTokens: 2_000,
        signal,
      });
      return await this.#done(result);
    } catch (error) {
      await this.#forget();
      throw error;
    }
  }

  readonly #strategy: CompactionStrategy = async (messages, options) => {
    this.#before = await this.#session.fork();
    return summarizeWith(this.#active.transport, modelOptions(this.#active))(messages, options);
  };

  async #done(result: CompactionResult): Promise<DoneCompaction | undefined> {
    const before = this.#before;
    if (before === undefined) return undefined;
    if (result.replaced === 0) {
      await this.#forget();
      return undefined;
    }
    this.#before = undefined;
    return { result, before, messagesAfter: (await this.#session.history()).length };
  }

  // A fork that nothing came of is not to stand in the list.
  async #forget(): Promise<void> {
    const before = this.#before;
    this.#before = undefined;
    if (before !== undefined) await this.#sessions.delete(before.id);
  }
}

/**
 * Takes a compaction back: what was said since is added to the session as it was.
 *
 * @returns the session to go on with.
 */
export async function undoCompaction(
  session: SqliteContextStore,
  { before, messagesAfter }: DoneCompaction,
): Promise<SqliteContextStore> {
  const since = (await session.history()).slice(messagesAfter);
  if (since.length > 0) await before.append(since);
  return before;
}
