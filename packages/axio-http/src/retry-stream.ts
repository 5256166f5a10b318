import { AxioError, type TransportEvent } from "axio";
import { delay } from "./delay.ts";
import { decideRetry, type RetryPolicy } from "./retry-policy.ts";

/** What {@link retryStream} needs. */
export interface RetryStreamOptions {
  readonly policy: RetryPolicy;
  /** Ends the call, also while it waits. */
  readonly signal?: AbortSignal | undefined;
  /** A number from 0 up to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /**
   * Asked where a try failed and nothing was given out: whether the cause was taken away. The call is then made again at
   * once, which counts neither as a failure nor as a retry. Must say so a bounded number of times. Default: never.
   */
  readonly recover?: ((error: AxioError) => boolean) | undefined;
  /** Told before each wait, also where the retry is invisible to the caller. */
  readonly onRetry?:
    | ((retry: { readonly attempt: number; readonly delayMs: number; readonly error: AxioError }) => void)
    | undefined;
}

/** How far one try has come. The try itself keeps it: looking at each event would cost more. */
export interface AttemptProgress {
  /** How many blocks were begun, of which events were given out. They are numbered from 0. */
  blockCount: number;
  /**
   * Events that wait for the answer's first. Where that never comes, they are given out with whatever the caller gets to
   * hear of the failure, and not at all where it is repaired unnoticed.
   */
  bufferedEvents: readonly TransportEvent[];
}

/**
 * Makes a call again when it fails in a way that may pass.
 *
 * As long as no event was given out a retry is invisible. Afterwards a `retry` event says which blocks to discard, and
 * the call starts anew. A wait for a usage limit, which may be long, is always told.
 *
 * @param attempt Makes the call once. Called with 1 for the first try, and with what it has to keep up to date.
 * @throws AxioError the last failure, or `aborted`.
 */
export async function* retryStream(
  attempt: (number: number, progress: AttemptProgress) => AsyncIterable<readonly TransportEvent[]>,
  { policy, signal, random = Math.random, recover, onRetry }: RetryStreamOptions,
): AsyncGenerator<readonly TransportEvent[], void, undefined> {
  let firstFailureAt: number | undefined;
  for (let number = 1; ; ) {
    let given = false;
    const progress: AttemptProgress = { blockCount: 0, bufferedEvents: [] };
    try {
      for await (const batch of attempt(number, progress)) {
        given = true;
        yield batch;
      }
      return;
    } catch (error) {
      if (!AxioError.is(error)) throw error;
      if (!given && recover?.(error) === true) continue;
      const now = performance.now();
      firstFailureAt ??= now;
      const decision = decideRetry({
        error,
        attempt: number,
        elapsedMs: now - firstFailureAt,
        policy,
        random,
        nowMs: Date.now(),
      });
      if (!decision.retry) {
        if (progress.bufferedEvents.length > 0) yield progress.bufferedEvents;
        throw error;
      }
      const { delayMs } = decision;
      onRetry?.({ attempt: number, delayMs, error });
      const isLimit = error.code === "usage-limit";
      // The budget of time is for faults, and that was none.
      if (isLimit) firstFailureAt = undefined;
      if (given || isLimit) {
        yield [
          ...progress.bufferedEvents,
          {
            type: "retry",
            attempt: number,
            delayMs,
            error,
            discardedBlocks: Array.from({ length: progress.blockCount }, (_, index) => index),
          },
        ];
      }
      await delay(delayMs, signal);
      number += 1;
    }
  }
}
