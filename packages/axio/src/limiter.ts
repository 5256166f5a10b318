import { abortedError, throwIfAborted } from "./errors.ts";
import type { Tool } from "./tool.ts";

/** Lets a limited number of tasks run at the same time; the others wait in the order of their coming. */
class Limiter {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#running >= this.#limit) await this.#turn(signal);
    else this.#running += 1;
    try {
      // The signal may have fired between the call of the turn and here.
      throwIfAborted(signal);
      return await task();
    } finally {
      const next = this.#waiting.shift();
      // The place is handed over: `#running` counts the next one already.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(abortedError(signal));
      };
      this.#waiting.push(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}

// One limiter a tool, however many agents and runs share it: a limit is about what the tool talks to.
const limiters = new WeakMap<Tool, Limiter>();

/** Runs a task under the tool's `concurrency`. Ends with `aborted`, and no task begun, when the signal fires before its turn. */
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
