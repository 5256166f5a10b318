import { AxioError } from "./errors.ts";
import type { Message } from "./messages.ts";

/** Where a conversation ends. It differs after every change. */
export interface ContextHead {
  /** Increases when messages are removed or replaced. */
  readonly generation: number;
  /** The position of the last message. Increases with each appended message. */
  readonly position: number;
}

/** Information about messages that are appended. */
export interface AppendInfo {
  /** The tokens of the whole history with these messages, as counted by the provider. Default: estimated. */
  readonly contextTokens?: number | undefined;
  /** Stops what a store does in addition to storing, such as compaction. The messages are stored in any case. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Appends only if the conversation still ends there, as `head()` returned it; otherwise throws `store-conflict`. Only for
   * stores with `head()`. Default: appends in any case.
   */
  readonly expect?: ContextHead | undefined;
}

/** Stores one conversation. */
export interface ContextStore {
  /** Identifies the conversation. A fork has its own id. */
  readonly id: string;
  /**
   * Appends the messages: all of them, or none.
   *
   * @throws AxioError `store-conflict` if the conversation does not end as expected.
   */
  append(messages: readonly Message[], info?: AppendInfo): Promise<void>;
  /** Where the conversation ends, for `append()` with `expect`. Absent if the store cannot compare it. */
  readonly head?: (() => Promise<ContextHead>) | undefined;
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
  readonly checkpoint?: ((messages: readonly Message[]) => Promise<void>) | undefined;
  /** The tokens of the history: counted by the provider, or else estimated. */
  tokenCount(): Promise<number>;
}

/**
 * Asserts that a conversation ends as an append expects. For implementations of stores.
 *
 * @throws AxioError `store-conflict` if it does not.
 */
export function assertHead(head: ContextHead, expected: ContextHead | undefined): void {
  if (expected === undefined) return;
  if (head.generation === expected.generation && head.position === expected.position) return;
  throw new AxioError(
    "store-conflict",
    "The conversation was changed by another process or run, so nothing was appended. Read the history and decide again.",
  );
}
