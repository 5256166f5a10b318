import { AxioError } from "axio";
import { startTimer } from "./delay.ts";

/**
 * Ends a stream at a deadline, counted from the first `next`. Retries, delays and time that the caller takes count.
 *
 * @param deadlineMs In milliseconds.
 * @param signal The caller's signal.
 * @param run Starts the stream, with a signal that also fires at the deadline.
 * @throws AxioError `deadline-exceeded`, and what the stream throws.
 */
export async function* withDeadline<Item>(
  deadlineMs: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => AsyncIterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  const controller = new AbortController();
  let expired = false;
  const onAbort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  const stopTimer = startTimer(deadlineMs, () => {
    expired = !controller.signal.aborted;
    controller.abort();
  });
  try {
    yield* run(controller.signal);
  } catch (error) {
    if (!expired || !AxioError.is(error, "aborted")) throw error;
    throw new AxioError(
      "deadline-exceeded",
      `The call did not end within ${deadlineMs / 1000} s. Increase deadlineMs, or request less.`,
      { cause: error },
    );
  } finally {
    stopTimer();
    signal?.removeEventListener("abort", onAbort);
  }
}
