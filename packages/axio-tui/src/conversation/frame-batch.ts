/**
 * Collects items and hands them on together, at most once in a frame: what comes alone goes at once, what comes in a flood waits for
 * the next frame.
 */
export class FrameBatch<Item> {
  readonly #deliver: (items: readonly Item[]) => void;
  readonly #frameMs: number;
  #items: Item[] = [];
  #timer: NodeJS.Timeout | undefined;
  #deliveredAt = Number.NEGATIVE_INFINITY;

  /** @param frameMs How long a frame is, in milliseconds. Default 33: 30 frames a second. */
  constructor(deliver: (items: readonly Item[]) => void, frameMs = 33) {
    this.#deliver = deliver;
    this.#frameMs = frameMs;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#deliveredAt + this.#frameMs - performance.now());
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  /** Hands on what was collected, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#deliveredAt = performance.now();
    this.#deliver(items);
  }
}
