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
  /**
   * Stores what to append if the process ends before the next `append()`: the prompt, and what the user has seen of the step in
   * progress. Each call replaces the messages of the one before; `append()` removes them. Default: nothing is stored before a
   * step is complete.
   */
  checkpoint?(messages: readonly Message[]): Promise<void>;
  /** The tokens of the history: counted by the provider, or else estimated. */
  tokenCount(): Promise<number>;
}
