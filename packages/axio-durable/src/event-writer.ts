import { AxioError } from "axio";
import type { EventChunk, EventLog, RunLease } from "axio/runs";
import { type DurableEvent, writeEvent } from "./durable-event.ts";

const FLUSH_MS = 150;
const FLUSH_CHARACTERS = 64_000;
const RETRY_MS = 500;
/** Longer than a lease by default. A run whose store was away for so long has another worker, which repeats its events. */
const MAX_RETRY_MS = 60_000;

/** Writes the events of all runs of a process in groups: one write for many runs and events. */
export class EventWriter {
  readonly #log: EventLog;
  readonly #onError: (error: unknown) => void;
  #pending = new Map<RunEvents, string[]>();
  #size = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<void> = Promise.resolve();
  /** The write that has not begun yet. */
  #next: Promise<void> | undefined;
  /** The chunks that a store has not taken because it was away. They go before all that follows, in their order. */
  #unwritten: readonly EventChunk[] = [];
  #failingSince: number | undefined;

  constructor(log: EventLog, onError: (error: unknown) => void) {
    this.#log = log;
    this.#onError = onError;
  }

  /** Returns the writer of one claim of a run. */
  open(lease: RunLease): RunEvents {
    return new RunEvents(lease, (events, texts) => this.#add(events, texts));
  }

  /**
   * Writes what is pending, after the write in progress. It takes along what is added until it begins, so that a slow
   * store gets larger writes and not more of them. While the store is away, the events stay, and are written again after it.
   */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next ??= this.#last.then(() => this.#write());
    this.#last = this.#next;
    return this.#next;
  }

  async #write(): Promise<void> {
    this.#next = undefined;
    const pending = this.#pending;
    this.#pending = new Map();
    this.#size = 0;
    const chunks = [...this.#unwritten, ...[...pending].map(([events, texts]) => events.chunk(texts))];
    this.#unwritten = [];
    if (chunks.length === 0) return;
    try {
      await this.#log.append(chunks);
      this.#failingSince = undefined;
    } catch (error) {
      this.#keep(chunks, error);
    }
  }

  /** Keeps chunks that were not written for another attempt, unless another one would fail, too. */
  #keep(chunks: readonly EventChunk[], error: unknown): void {
    const isFirst = this.#failingSince === undefined;
    this.#failingSince ??= performance.now();
    const isWorthwhile = AxioError.is(error) && error.retryable;
    if (isWorthwhile && performance.now() - this.#failingSince < MAX_RETRY_MS) {
      this.#unwritten = chunks;
      this.#timer ??= setTimeout(() => void this.flush(), RETRY_MS);
      // A program that is at its end does not wait for its store.
      this.#timer.unref?.();
    } else this.#failingSince = undefined;
    if (isFirst || this.#failingSince === undefined) this.#onError(error);
  }

  #add(events: RunEvents, texts: readonly string[]): void {
    const known = this.#pending.get(events);
    if (known === undefined) this.#pending.set(events, [...texts]);
    else known.push(...texts);
    for (const { length } of texts) this.#size += length;
    if (this.#size > FLUSH_CHARACTERS) void this.flush();
    else if (this.#next === undefined) this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }
}

/** Numbers the events of one claim of a run. */
export class RunEvents {
  readonly #lease: RunLease;
  readonly #add: (events: RunEvents, texts: readonly string[]) => void;
  #nextSeq = 1;

  constructor(lease: RunLease, add: (events: RunEvents, texts: readonly string[]) => void) {
    this.#lease = lease;
    this.#add = add;
  }

  write(events: readonly DurableEvent[]): void {
    if (events.length > 0) this.#add(this, events.map(writeEvent));
  }

  /** @internal */
  chunk(events: readonly string[]): EventChunk {
    const { runId, epoch } = this.#lease;
    const firstSeq = this.#nextSeq;
    this.#nextSeq += events.length;
    return { runId, epoch, firstSeq, events };
  }
}
