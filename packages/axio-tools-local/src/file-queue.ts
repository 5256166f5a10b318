const tails = new Map<string, Promise<unknown>>();

/**
 * Runs a task after all earlier tasks on the same file in this process, so that a change never overwrites another one made
 * between its read and its write.
 */
export async function inFileQueue<T>(path: string, task: () => Promise<T>): Promise<T> {
  const previous = tails.get(path) ?? Promise.resolve();
  const run = previous.then(task, task);
  tails.set(path, run);
  try {
    return await run;
  } finally {
    if (tails.get(path) === run) tails.delete(path);
  }
}
