import type { AxioError } from "axio";

/** How often and how long to try again. */
export interface RetryPolicy {
  /** How many times a call is made again, after the first. Default 10; 0 for never. */
  readonly maxRetries: number;
  /** The upper end of the first wait, in milliseconds; it doubles with each retry. Default 5,000. */
  readonly baseDelayMs: number;
  /** The upper end of every wait, in milliseconds. Default 60,000. What the peer asks for is not capped. */
  readonly maxDelayMs: number;
  /**
   * How long all of it may take, waits included, in milliseconds. Default 900,000 (15 minutes), so that a peer that
   * asks for a wait of hours is an error now and not a silence. Left out: no limit.
   */
  readonly maxRetryMs?: number | undefined;
  /**
   * Whether to wait until a usage limit resets, which may take hours or days. Such a wait is one of the tries, and
   * `maxRetryMs` does not bound it. A limit that does not say when it resets is an error all the same. Default `false`.
   */
  readonly waitForLimit?: boolean | undefined;
}

/** The defaults of {@link RetryPolicy}. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxRetries: 10,
  baseDelayMs: 5_000,
  maxDelayMs: 60_000,
  maxRetryMs: 15 * 60_000,
};

/** The upper end of the first wait where no connection came about, in milliseconds: no server is spared by waiting. */
const QUICK_RETRY_MS = 250;

/** What {@link decideRetry} decides upon. */
export interface RetryContext {
  readonly error: AxioError;
  /** How many tries have failed: 1 after the first. The same number that the retry would have. */
  readonly attempt: number;
  /** The time since the first try failed, in milliseconds; weighed against `maxRetryMs`. */
  readonly elapsedMs: number;
  readonly policy: RetryPolicy;
  /** A number from 0 up to 1, as `Math.random` gives. */
  readonly random: () => number;
  /** The present, in Unix milliseconds: for usage limits, which reset at a time of day. */
  readonly nowMs: number;
}

/** What to do after a failed try. */
export type RetryDecision =
  | { readonly retry: false }
  | { readonly retry: true /** How long to wait first, in milliseconds. */; readonly delayMs: number };

/**
 * Decides whether and when a call is made again. The only place where this is decided.
 *
 * `error.retryAfterMs` is what the peer asked for: it takes the place of the backoff and is never shortened; where the
 * time budget does not allow it, the call fails now. Otherwise the wait is drawn from 0 up to an upper end that
 * doubles each time ("full jitter"), so that many clients do not come back at once.
 */
export function decideRetry(question: RetryContext): RetryDecision {
  const { error, attempt, elapsedMs, policy, random } = question;
  if (error.code === "usage-limit") return decideLimitWait(question);
  if (!error.retryable || attempt > policy.maxRetries) return { retry: false };
  const delayMs = error.retryAfterMs ?? Math.round(random() * backoffCeilingMs(error, attempt, policy));
  if (elapsedMs + delayMs > (policy.maxRetryMs ?? Number.POSITIVE_INFINITY)) return { retry: false };
  return { retry: true, delayMs };
}

/** How much later than the reset a call is made at most, in milliseconds: clocks differ, and not all should come at once. */
const AFTER_RESET_MS = 5_000;

function decideLimitWait({ error, attempt, policy, random, nowMs }: RetryContext): RetryDecision {
  if (policy.waitForLimit !== true || attempt > policy.maxRetries) return { retry: false };
  const { resetsAt } = error.details;
  // What counts from now on does not depend on the clock being right.
  const resetMs = error.retryAfterMs ?? (resetsAt === undefined ? undefined : resetsAt - nowMs);
  if (resetMs === undefined) return { retry: false };
  const spreadMs = Math.round(random() * Math.min(policy.baseDelayMs, AFTER_RESET_MS));
  return { retry: true, delayMs: Math.max(0, resetMs) + spreadMs };
}

/** More doublings change nothing, as the cap was reached before; without a bound they end in infinity, and 0 times that in NaN. */
const MAX_DOUBLINGS = 32;

function backoffCeilingMs(error: AxioError, attempt: number, policy: RetryPolicy): number {
  const factor = 2 ** Math.min(attempt - 1, MAX_DOUBLINGS);
  const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * factor);
  const neverConnected = error.details.connected === false;
  return attempt === 1 && neverConnected ? Math.min(ceilingMs, QUICK_RETRY_MS) : ceilingMs;
}
