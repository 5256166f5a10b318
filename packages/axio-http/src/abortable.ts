import { abortedError, throwIfAborted } from "axio";

/**
 * Waits for a promise until the signal aborts. The work behind the promise continues, because others may share it.
 *
 * @throws AxioError `aborted`.
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  // A later failure must not become an unhandled rejection.
  promise.catch(() => {});
  throwIfAborted(signal);
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(abortedError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
