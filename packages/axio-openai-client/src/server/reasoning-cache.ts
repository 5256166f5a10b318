import type { Block } from "axio";

interface Entry {
  readonly blocks: readonly Block[];
  readonly size: number;
  readonly expiresAt: number;
}

const LIFETIME_MS = 60 * 60 * 1000;
const MAX_SIZE = 32 * 1024 * 1024;

/**
 * Keeps the reasoning that preceded each tool call, by the id of the call, for an hour and up to 32 MiB. Clients of Chat
 * Completions cannot send it back, and without it the model would reason from the start after each tool result.
 */
export class ReasoningCache {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  #size = 0;

  /** @param now Returns the time in Unix milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Keeps the blocks of each call. */
  add(reasoning: ReadonlyMap<string, readonly Block[]>): void {
    for (const [callId, blocks] of reasoning) {
      this.#delete(callId);
      const size = JSON.stringify(blocks).length;
      this.#entries.set(callId, { blocks, size, expiresAt: this.#now() + LIFETIME_MS });
      this.#size += size;
    }
    for (const [callId, { expiresAt }] of this.#entries) {
      if (this.#size <= MAX_SIZE && expiresAt > this.#now()) break;
      this.#delete(callId);
    }
  }

  /** Returns the blocks that preceded a call, `undefined` if they are unknown. */
  find(callId: string): readonly Block[] | undefined {
    const entry = this.#entries.get(callId);
    return entry !== undefined && entry.expiresAt > this.#now() ? entry.blocks : undefined;
  }

  #delete(callId: string): void {
    this.#size -= this.#entries.get(callId)?.size ?? 0;
    this.#entries.delete(callId);
  }
}
