const tails = new Map<string, Promise<unknown>>();

/**
 * Runs a task when those before it on the same file are done, whichever agent of this process began them: a change reads the
 * file, and must not write over what another one has written since.
 */
export async function inFileQueue<T>(path: string, task: () => Promise<T>): Promise<T> {
  const before = tails.get(path) ?? Promise.resolve();
  const run = before.then(task, task);
  tails.set(path, run);
  try {
    return await run;
  } finally {
    if (tails.get(path) === run) tails.delete(path);
  }
}
