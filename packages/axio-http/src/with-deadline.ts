import { AxioError } from "axio";
import { startTimer } from "./delay.ts";

/**
 * Gives what a stream gives until a time has passed, counted from the first `next` on: retries, waits and the caller's own
 * pauses count as well.
 *
 * @param deadlineMs How long all of it may take, in milliseconds.
 * @param signal The caller's own; it ends the stream as ever.
 * @param run Begins the stream, with a signal that fires at the deadline too.
 * @throws AxioError `deadline-exceeded`, and whatever the stream throws.
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
      `The call was not done within ${deadlineMs / 1000} s. Allow more time with deadlineMs, or ask for less.`,
      { cause: error },
    );
  } finally {
    stopTimer();
    signal?.removeEventListener("abort", onAbort);
  }
}
