import type { Message } from "./messages.ts";

/** Information about messages that are appended. */
export interface AppendInfo {
  /** The tokens of the whole history with these messages, as counted by the provider. Default: estimated. */
  readonly contextTokens?: number | undefined;
  /** Stops what a store does in addition to storing, such as compaction. The messages are stored in any case. */
  readonly signal?: AbortSignal | undefined;
}

/** Stores one conversation. */
export interface ContextStore {
  /** Identifies the conversation. A fork has its own id. */
  readonly id: string;
  /** Appends the messages: all of them, or none. */
  append(messages: readonly Message[], info?: AppendInfo): Promise<void>;
  /** The messages, oldest first. */
  history(): Promise<readonly Message[]>;
  /** A new conversation that starts with the same messages. */
  fork(): Promise<ContextStore>;
  /** Deletes all messages. */
  clear(): Promise<void>;
  /**
   * Replaces the first `count` messages.
   *
   * @throws AxioError `invalid-argument` if there are fewer messages.
   */
  compact(replacement: readonly Message[], count: number): Promise<void>;
  /** The tokens of the history: counted by the provider, or else estimated. */
  tokenCount(): Promise<number>;
}
