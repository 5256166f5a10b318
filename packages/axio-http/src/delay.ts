import { abortedError, throwIfAborted } from "axio";

/** The longest delay of `setTimeout`, in milliseconds (24.8 days). With more it would not wait at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Starts a timer; `Infinity`: never. Returns the function that stops it. */
export function startTimer(ms: number, onEnd: () => void): () => void {
  if (ms === Number.POSITIVE_INFINITY) return () => {};
  const timer = setTimeout(onEnd, Math.min(ms, MAX_TIMER_MS));
  return () => clearTimeout(timer);
}

/** The longest part of a timer that is counted at once, in milliseconds. */
const PART_MS = 5_000;
/** If a part ends this much too late, in milliseconds, this process was suspended or busy. */
const SUSPENDED_MS = 1_000;

/** Starts a timer that measures the time for which this process runs, without that for which it was suspended or busy. */
export function startAwakeTimer(ms: number, onEnd: () => void): () => void {
  let leftMs = ms;
  let stop = (): void => {};
  const startPart = (): void => {
    const partMs = Math.min(leftMs, PART_MS);
    const startedAt = performance.now();
    stop = startTimer(partMs, () => {
      if (performance.now() - startedAt < partMs + SUSPENDED_MS) leftMs -= partMs;
      if (leftMs > 0) startPart();
      else onEnd();
    });
  };
  if (ms !== Number.POSITIVE_INFINITY) startPart();
  return () => stop();
}

/**
 * Starts a timer for a peer's response, like {@link startAwakeTimer}. Before it ends, it processes what arrived meanwhile: that
 * is not the peer's delay.
 */
export function startPatientTimer(ms: number, onEnd: () => void): () => void {
  let stop = startAwakeTimer(ms, () => {
    stop = startTimer(0, onEnd);
  });
  return () => stop();
}

/**
 * Runs a task with a signal that fires after `ms`, measured like {@link startPatientTimer}, or with the caller's signal.
 *
 * @param run Gets the signal, and a function that returns whether the time is over.
 */
export async function withTimeout<T>(
  ms: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal, isOver: () => boolean) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const stopTimer = startPatientTimer(ms, () =>
    timeout.abort(new DOMException("The time is over.", "TimeoutError")),
  );
  const either = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  try {
    return await run(either, () => timeout.signal.aborted);
  } finally {
    stopTimer();
  }
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
