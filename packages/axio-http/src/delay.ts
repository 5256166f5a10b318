import { abortedError, throwIfAborted } from "axio";

/** The longest time that `setTimeout` can wait, in milliseconds (24.8 days). With more it would not wait at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Starts a timer; `Infinity` means never. Returns the function that stops it. */
export function startTimer(ms: number, onEnd: () => void): () => void {
  if (ms === Number.POSITIVE_INFINITY) return () => {};
  const timer = setTimeout(onEnd, Math.min(ms, MAX_TIMER_MS));
  return () => clearTimeout(timer);
}

/**
 * Starts a timer that ends a wait for somebody else, and lets come in first what arrived while this process stood still,
 * asleep or busy: that is not the other one's silence.
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
 * @param ms How long, in milliseconds; at most 24.8 days.
 * @param signal Ends the wait at once.
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
