import { AxioError, abortedError } from "axio";

/** Options of {@link Slots}. */
export interface SlotOptions {
  /** How many hold a slot at once. */
  readonly concurrency: number;
  /** How many wait. */
  readonly queue: number;
  /** How long one waits at most. */
  readonly timeoutMs: number;
}

/** Limits how many requests run at once. Further ones wait in order, up to a limit. */
export class Slots {
  readonly #options: SlotOptions;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  /** How many hold a slot. */
  get taken(): number {
    return this.#taken;
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Takes a slot. Call the returned function to free it; only its first call counts.
   *
   * @throws AxioError `rate-limit` if too many wait, or this one waits too long; `aborted`.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    const { concurrency, queue } = this.#options;
    if (this.#taken < concurrency) this.#taken += 1;
    else if (this.#waiting.length >= queue) throw tooMany(`${queue} requests are waiting already.`);
    else await this.#wait(signal);
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      const next = this.#waiting.shift();
      // The slot passes to the next one without becoming free.
      if (next === undefined) this.#taken -= 1;
      else next();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (error: AxioError): void => {
        const index = this.#waiting.indexOf(start);
        if (index >= 0) this.#waiting.splice(index, 1);
        settle();
        reject(error);
      };
      const onAbort = (): void => stop(abortedError(signal));
      const timer = setTimeout(() => stop(tooMany("The request waited too long.")), this.#options.timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const start = (): void => {
        settle();
        resolve();
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(start);
    });
  }
}

function tooMany(reason: string): AxioError {
  return new AxioError("rate-limit", `Too many requests run at once. ${reason} Send it again later.`, {
    retryAfterMs: 1_000,
    retryable: true,
  });
}
