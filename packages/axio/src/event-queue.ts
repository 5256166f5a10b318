/** Carries items from several producers to one reader, which gets all that came since it last asked. */
export class EventQueue<T> {
  #items: T[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  /** Adds an item. Does nothing once the queue is closed. */
  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Ends the reading after the items that are waiting. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** The items in batches, until the queue is closed. */
  async *batches(): AsyncGenerator<readonly T[], void, undefined> {
    for (;;) {
      if (this.#items.length > 0) {
        const batch = this.#items;
        this.#items = [];
        yield batch;
      } else if (this.#closed) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }
}
