interface Entry<Event> {
  readonly event: Event;
  readonly onTaken: (() => void) | undefined;
}

/** Passes events from several producers to one reader. A producer can wait until the reader has taken its event. */
export class EventChannel<Event> implements AsyncIterable<Event> {
  #entries: Entry<Event>[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  /** Adds an event without waiting. */
  push(event: Event): void {
    this.#add({ event, onTaken: undefined });
  }

  /** Adds an event. Resolves when the reader has taken it, or no longer reads. */
  put(event: Event): Promise<void> {
    return new Promise((resolve) => this.#add({ event, onTaken: resolve }));
  }

  /** Ends the iteration after the events that are left. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    try {
      for (;;) {
        const entry = this.#entries.shift();
        if (entry !== undefined) {
          entry.onTaken?.();
          yield entry.event;
        } else if (this.#isClosed) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#isClosed = true;
      for (const { onTaken } of this.#entries.splice(0)) onTaken?.();
    }
  }

  #add(entry: Entry<Event>): void {
    if (this.#isClosed) {
      entry.onTaken?.();
      return;
    }
    this.#entries.push(entry);
    this.#wake?.();
  }
}
