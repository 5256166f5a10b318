/** One of several ways to a result. */
export type Attempt<T> = (signal: AbortSignal) => Promise<T>;

/** Wraps an error that ends the race, although other attempts are still running. */
export class FatalError extends Error {
  constructor(cause: unknown) {
    super("An attempt failed permanently.", { cause });
  }
}

/**
 * Runs all attempts at the same time and returns the first result. Aborts the others and waits for them, so that nothing
 * is running when this returns.
 *
 * @throws the cause of the first {@link FatalError}; if all attempts fail, the first error.
 */
export async function raceAttempts<T>(attempts: readonly Attempt<T>[], signal: AbortSignal): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const runs = attempts.map((attempt) => attempt(controller.signal));
  try {
    return await new Promise<T>((resolve, reject) => {
      let running = runs.length;
      let first: unknown;
      for (const run of runs) {
        run.then(resolve, (error: unknown) => {
          first ??= error;
          running -= 1;
          if (error instanceof FatalError) reject(error.cause);
          else if (running === 0) reject(first);
        });
      }
    });
  } finally {
    signal.removeEventListener("abort", stop);
    controller.abort();
    await Promise.allSettled(runs);
  }
}

/** Runs tasks one at a time until one succeeds. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a task after the previous ones have failed. If one succeeded, the task never runs. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const current = this.#last.then(task);
    // After a success, later tasks wait until the race aborts them.
    this.#last = current.then(
      () => new Promise<never>(() => undefined),
      () => undefined,
    );
    return current;
  }
}
