/** One of several ways to a result. */
export type Attempt<T> = (signal: AbortSignal) => Promise<T>;

/** Wraps a failure that ends the race, though other contenders are still running. */
export class FatalError extends Error {
  constructor(failure: unknown) {
    super("A contender failed for good.", { cause: failure });
  }
}

/**
 * Runs all contenders at the same time and gives the first result. The others are cancelled and waited for, so that
 * nothing is left when this returns.
 *
 * @throws what the first {@link FatalError} wraps, or where all have failed, the first one's failure.
 */
export async function raceAttempts<T>(contenders: readonly Attempt<T>[], signal: AbortSignal): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const runs = contenders.map((contender) => contender(controller.signal));
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

/** Lets one at a time do what must not be done twice; the others wait, and get their turn only if it failed. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a task after those before it, unless one of them succeeded: then never. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    // A success is never passed: whoever comes later waits until the race cancels it.
    this.#last = turn.then(
      () => new Promise<never>(() => undefined),
      () => undefined,
    );
    return turn;
  }
}
