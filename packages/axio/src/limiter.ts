import { abortedError, throwIfAborted } from "./errors.ts";
import type { Tool } from "./tool.ts";

interface LimitOptions {
  readonly signal: AbortSignal;
  /** Called if the task must wait for others. */
  readonly onWait: () => void;
}

/** Runs a limited number of tasks at once. The others wait in order of arrival. */
class Limiter {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(task: () => Promise<T>, { signal, onWait }: LimitOptions): Promise<T> {
    if (this.#running >= this.#limit) {
      onWait();
      await this.#wait(signal);
    } else this.#running += 1;
    try {
      // The signal may have fired after the wait ended.
      throwIfAborted(signal);
      return await untilAborted(task, signal);
    } finally {
      const next = this.#waiting.shift();
      // `#running` stays the same if the next task takes over.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal.removeEventListener("abort", cancel);
        resolve();
      };
      const cancel = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(abortedError(signal));
      };
      this.#waiting.push(start);
      signal.addEventListener("abort", cancel, { once: true });
    });
  }
}

/** A task that ignores its signal must not keep its place: others wait for it. */
async function untilAborted<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(abortedError(signal));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([task(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

// One limiter per tool, shared by all agents and runs: the limit is that of what the tool talks to.
const limiters = new WeakMap<Tool, Limiter>();

/** Runs a task within the tool's `concurrency`. Throws `aborted` if the signal fires before the task ends. */
export async function runLimited<T>(tool: Tool, task: () => Promise<T>, options: LimitOptions): Promise<T> {
  throwIfAborted(options.signal);
  if (tool.concurrency === Number.POSITIVE_INFINITY) return task();
  let limiter = limiters.get(tool);
  if (limiter === undefined) {
    limiter = new Limiter(tool.concurrency);
    limiters.set(tool, limiter);
  }
  return limiter.run(task, options);
}
