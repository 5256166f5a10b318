/** The place of an event in the stream of a run. As text: `"epoch.seq"`. */
export interface EventCursor {
  /** The claim of the run under which the event was sent. */
  readonly epoch: number;
  /** The number of the event under this claim, from 1. */
  readonly seq: number;
}

/** Consecutive events of one claim of a run. */
export interface EventChunk {
  readonly runId: string;
  readonly epoch: number;
  /** The number of the first event. */
  readonly firstSeq: number;
  /** The events as JSON texts, at least one. */
  readonly events: readonly string[];
}

/** The options of `EventLog.read()`. */
export interface ReadEventsOptions {
  /** Only events after this one. Default: all. */
  readonly after?: EventCursor | undefined;
  /** How many chunks at most. Default: 100. */
  readonly limit?: number | undefined;
}

/**
 * Stores the events of runs for a while, so that readers can reconnect. It belongs to a run store, whose runs it knows.
 *
 * Each log must pass `describeEventLog()` of `axio/testing`.
 *
 * @throws AxioError `store-unavailable` or `store-locked`, from every method.
 */
export interface EventLog {
  /**
   * Appends chunks of any runs in one write. Chunks of an epoch that is not that of the run are dropped, and so are those of
   * unknown runs: a worker that has lost its run can add nothing. A chunk that exists is not stored again.
   */
  append(chunks: readonly EventChunk[]): Promise<void>;
  /** The chunks of a run in order, without the events up to the cursor. */
  read(runId: string, options?: ReadEventsOptions): Promise<readonly EventChunk[]>;
  /**
   * Calls `onChange` when the run may have new events. Only a hint, which may be missing: readers also poll. Returns a function
   * that ends it.
   */
  follow(runId: string, onChange: () => void): () => void;
  /** Deletes events that were stored before a time, in Unix milliseconds. Returns how many chunks. */
  prune(before: number): Promise<number>;
}

/** Returns the text of a cursor. */
export function formatCursor({ epoch, seq }: EventCursor): string {
  return `${epoch}.${seq}`;
}

/** Reads a cursor. Returns `undefined` for any other text. */
export function parseCursor(text: string): EventCursor | undefined {
  const [, epoch, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  return epoch === undefined || seq === undefined ? undefined : { epoch: Number(epoch), seq: Number(seq) };
}

/** Returns the part of a chunk after a cursor, or `undefined` if all of it is before the cursor. */
export function chunkAfter(chunk: EventChunk, after: EventCursor | undefined): EventChunk | undefined {
  if (after === undefined || chunk.epoch > after.epoch) return chunk;
  if (chunk.epoch < after.epoch) return undefined;
  const skipped = Math.max(0, after.seq - chunk.firstSeq + 1);
  if (skipped >= chunk.events.length) return undefined;
  return { ...chunk, firstSeq: chunk.firstSeq + skipped, events: chunk.events.slice(skipped) };
}
