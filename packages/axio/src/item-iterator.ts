type Batches<T> = Pick<AsyncGenerator<readonly T[], void, undefined>, "next" | "return">;

/** Iterates over the items of batches. A generator would create three promises per item, this creates one. */
export class ItemIterator<T> implements AsyncIterableIterator<T, void, undefined> {
  readonly #batches: Batches<T>;
  #batch: readonly T[] = [];
  #position = 0;
  /** The number of calls that wait for a batch. Later calls queue behind them, so that items keep their order. */
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(batches: Batches<T>) {
    this.#batches = batches;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#waiting === 0 && this.#position < this.#batch.length) return Promise.resolve(this.#take());
    return this.#queue(() => this.#load());
  }

  return(): Promise<IteratorResult<T, void>> {
    return this.#queue(async () => {
      this.discard();
      await this.#batches.return();
      return { done: true, value: undefined };
    });
  }

  /** Drops the rest of the current batch. */
  discard(): void {
    this.#batch = [];
    this.#position = 0;
  }

  #take(): IteratorResult<T, void> {
    const value = this.#batch[this.#position] as T;
    this.#position += 1;
    return { done: false, value };
  }

  async #load(): Promise<IteratorResult<T, void>> {
    while (this.#position >= this.#batch.length) {
      const { done, value } = await this.#batches.next();
      if (done) return { done: true, value: undefined };
      this.#batch = value;
      this.#position = 0;
    }
    return this.#take();
  }

  #queue(step: () => Promise<IteratorResult<T, void>>): Promise<IteratorResult<T, void>> {
    this.#waiting += 1;
    const result = this.#tail.then(step);
    const leave = (): void => {
      this.#waiting -= 1;
    };
    this.#tail = result.then(leave, leave);
    return result;
  }
}
