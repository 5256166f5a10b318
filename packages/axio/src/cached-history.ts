import type { Message } from "./messages.ts";

/** The part of a history that was already read. Valid while the session's generation is the same. */
export interface CachedHistory {
  readonly generation: number;
  readonly messages: readonly Message[];
  /** The position of the last message. */
  readonly position: number;
}

/** Nothing was read yet. Positions may be negative after a compaction. */
export const NO_HISTORY: CachedHistory = {
  generation: -1,
  messages: [],
  position: Number.MIN_SAFE_INTEGER,
};

/** Returns what of the history is known in a generation. */
export function knownHistory(cached: CachedHistory, generation: number): CachedHistory {
  return cached.generation === generation ? cached : NO_HISTORY;
}

/**
 * Adds messages that were read after those of {@link knownHistory}.
 *
 * @param read Its position is that of the last message; absent if there are no messages.
 */
export function extendHistory(
  cached: CachedHistory,
  read: Omit<CachedHistory, "position"> & { readonly position?: number | undefined },
): CachedHistory {
  const { generation, messages, position } = read;
  const valid = knownHistory(cached, generation);
  if (valid === cached && messages.length === 0) return cached;
  return {
    generation,
    messages: [...valid.messages, ...messages],
    position: position ?? valid.position,
  };
}
