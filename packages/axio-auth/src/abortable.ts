import { abortedError, throwIfAborted } from "axio";

/**
 * Waits for a promise until the signal fires. The work behind the promise goes on: it is shared with others.
 *
 * @throws AxioError `aborted`.
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  // Whoever leaves early has no ear for a later failure.
  promise.catch(() => {});
  throwIfAborted(signal);
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(abortedError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
