import { abortedError, throwIfAborted } from "./errors.ts";
import type { Tool } from "./tool.ts";

/** Runs a limited number of tasks at once. The others wait in order of arrival. */
class Limiter {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#running >= this.#limit) await this.#wait(signal);
    else this.#running += 1;
    try {
      // The signal may have fired after the wait ended.
      throwIfAborted(signal);
      return await task();
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

// One limiter per tool, shared by all agents and runs: the limit is that of what the tool talks to.
const limiters = new WeakMap<Tool, Limiter>();

/** Runs a task within the tool's `concurrency`. Throws `aborted` if the signal fires before the task starts. */
export async function runLimited<T>(tool: Tool, task: () => Promise<T>, signal: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  if (tool.concurrency === Number.POSITIVE_INFINITY) return task();
  let limiter = limiters.get(tool);
  if (limiter === undefined) {
    limiter = new Limiter(tool.concurrency);
    limiters.set(tool, limiter);
  }
  return limiter.run(task, signal);
}
