import type { EventChunk, EventLog, RunLease } from "axio/runs";
import { type DurableEvent, writeEvent } from "./durable-event.ts";

const FLUSH_MS = 150;
const FLUSH_CHARACTERS = 64_000;

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
   * store gets larger writes and not more of them. A write that fails loses events, but not results: those are in the run store.
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
    const chunks = [...pending].map(([events, texts]) => events.chunk(texts));
    if (chunks.length > 0) await this.#log.append(chunks).catch(this.#onError);
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
