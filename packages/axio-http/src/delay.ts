import { abortedError, throwIfAborted } from "axio";

/** The longest delay of `setTimeout`, in milliseconds (24.8 days). With more it would not wait at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Starts a timer; `Infinity`: never. Returns the function that stops it. */
export function startTimer(ms: number, onEnd: () => void): () => void {
  if (ms === Number.POSITIVE_INFINITY) return () => {};
  const timer = setTimeout(onEnd, Math.min(ms, MAX_TIMER_MS));
  return () => clearTimeout(timer);
}

/**
 * Starts a timer for a peer's response. Before it ends, it processes what arrived while this process was suspended or busy:
 * that is not the peer's delay.
 */
export function startPatientTimer(ms: number, onEnd: () => void): () => void {
  let stop = startTimer(ms, () => {
    stop = startTimer(0, onEnd);
  });
  return () => stop();
}

/**
 * Waits.
 *
 * @param ms In milliseconds; at most 24.8 days.
 * @param signal Aborts the wait.
 * @throws AxioError `aborted`.
 */
export async function delay(ms: number, signal?: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  await new Promise<void>((resolve, reject) => {
    const stopTimer = startTimer(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    function onAbort(): void {
      stopTimer();
      if (signal) reject(abortedError(signal));
    }
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
