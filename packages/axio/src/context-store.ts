import type { Message } from "./messages.ts";

/** One conversation in a store's list. */
export interface SessionSummary {
  readonly id: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly messageCount: number;
  /** The beginning of the first thing the user said. */
  readonly preview: string;
  /** The session it was forked from. */
  readonly forkedFrom?: string;
}

/** What is said of messages that are added. */
export interface AppendInfo {
  /** The tokens of the whole history with these messages, as the provider counted them. */
  readonly contextTokens?: number;
  /**
   * Fires when the run is cancelled. It ends what a store does besides storing, such as compaction: the messages are
   * stored all the same.
   */
  readonly signal?: AbortSignal;
}

/** Where a conversation is kept. */
export interface ContextStore {
  /** Names the conversation. A fork has another. */
  readonly id: string;
  /** Adds messages at the end: all of them, or none. */
  append(messages: readonly Message[], info?: AppendInfo): Promise<void>;
  /** The messages, oldest first. */
  history(): Promise<readonly Message[]>;
  /** A conversation of its own that begins with the same messages. */
  fork(): Promise<ContextStore>;
  /** Forgets all messages. */
  clear(): Promise<void>;
  /** Puts fewer messages in the place of the first `count` ones; fails with `invalid-argument` where there are not so many. */
  compact(replacement: readonly Message[], count: number): Promise<void>;
  /** The tokens of the history: counted by the provider where it said so, else estimated. */
  tokenCount(): Promise<number>;
  /** The conversations that this store knows, the newest first. */
  listSessions(): Promise<readonly SessionSummary[]>;
}
