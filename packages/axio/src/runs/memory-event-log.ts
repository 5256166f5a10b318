import { ChangeListeners } from "./change-listeners.ts";
import { chunkAfter, type EventChunk, type EventLog, type ReadEventsOptions } from "./event-log.ts";

interface StoredChunk {
  readonly chunk: EventChunk;
  readonly storedAt: number;
}

/** Stores the events of the runs of a `MemoryRunStore`. */
export class MemoryEventLog implements EventLog {
  readonly #epochOf: (runId: string) => number | undefined;
  readonly #chunks = new Map<string, readonly StoredChunk[]>();
  readonly #listeners = new ChangeListeners();

  /** @internal Use the `events` of a `MemoryRunStore`. */
  constructor(epochOf: (runId: string) => number | undefined) {
    this.#epochOf = epochOf;
  }

  async append(chunks: readonly EventChunk[]): Promise<void> {
    for (const chunk of chunks) {
      const { runId, epoch, firstSeq } = chunk;
      if (this.#epochOf(runId) !== epoch) continue;
      const stored = this.#chunks.get(runId) ?? [];
      if (stored.some(({ chunk: other }) => other.epoch === epoch && other.firstSeq === firstSeq)) continue;
      this.#chunks.set(runId, [...stored, { chunk, storedAt: Date.now() }]);
      this.#listeners.tell([runId]);
    }
  }

  async read(runId: string, { after, limit = 100 }: ReadEventsOptions = {}): Promise<readonly EventChunk[]> {
    return (this.#chunks.get(runId) ?? [])
      .flatMap(({ chunk }) => chunkAfter(chunk, after) ?? [])
      .slice(0, limit);
  }

  follow(runId: string, onChange: () => void): () => void {
    return this.#listeners.follow(runId, onChange);
  }

  async prune(before: number): Promise<number> {
    let pruned = 0;
    for (const [runId, chunks] of this.#chunks) {
      const remaining = chunks.filter(({ storedAt }) => storedAt >= before);
      pruned += chunks.length - remaining.length;
      this.#chunks.set(runId, remaining);
    }
    return pruned;
  }

  /** @internal */
  forget(runId: string): void {
    this.#chunks.delete(runId);
  }
}
