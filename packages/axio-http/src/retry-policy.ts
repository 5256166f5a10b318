import { AxioError } from "axio";

/** How often and how long a call is retried. */
export interface RetryPolicy {
  /** How many times a call is repeated after the first attempt. Default: 10; 0: never. */
  readonly maxRetries: number;
  /**
   * How many times a call is repeated as long as no connection was ever made: the connection was refused, or the name was not
   * resolved. Their delays are short: 0.25, 0.5, 1 s and so on. Default: 3, which are used up after 1.75 s; at most
   * `maxRetries`.
   */
  readonly maxOfflineRetries: number;
  /** The upper bound of the first delay, in milliseconds; it doubles with each retry. Default: 5,000. */
  readonly baseDelayMs: number;
  /** The upper bound of every delay, in milliseconds. Default: 60,000. A delay that the peer asks for is not bounded. */
  readonly maxDelayMs: number;
  /**
   * How long a call is retried, delays included, in milliseconds. Default: 900,000 (15 minutes); `Infinity`: no limit. If the
   * peer asks for a longer delay, the call fails at once.
   */
  readonly maxElapsedMs: number;
  /**
   * Whether to wait until a usage limit resets, which may take hours or days. Such a wait counts as a retry, and
   * `maxElapsedMs` does not bound it. A limit without a reset time is an error all the same. Default: `false`.
   */
  readonly waitForUsageLimit: boolean;
}

/** The settings of a {@link RetryPolicy} that a caller changes. */
export type RetryOptions = { readonly [Name in keyof RetryPolicy]?: RetryPolicy[Name] | undefined };

/** The defaults of {@link RetryPolicy}. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxRetries: 10,
  maxOfflineRetries: 3,
  baseDelayMs: 5_000,
  maxDelayMs: 60_000,
  maxElapsedMs: 15 * 60_000,
  waitForUsageLimit: false,
};

/**
 * Completes retry options with the defaults.
 *
 * @throws AxioError `invalid-argument` for an unknown option, and for a number that is negative or `NaN`.
 */
export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  const changes = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of changes) {
    if (!Object.hasOwn(DEFAULT_RETRY_POLICY, name)) {
      const names = Object.keys(DEFAULT_RETRY_POLICY).join(", ");
      throw new AxioError("invalid-argument", `retry.${name} is no option. The options are: ${names}.`);
    }
    if (name === "waitForUsageLimit" || (typeof value === "number" && value >= 0)) continue;
    throw new AxioError(
      "invalid-argument",
      `retry.${name} is ${String(value)}. Give a number that is not negative, or omit it.`,
    );
  }
  return { ...DEFAULT_RETRY_POLICY, ...Object.fromEntries(changes) };
}

/** The first delay if no connection was made, in milliseconds. It doubles with each retry. */
const OFFLINE_DELAY_MS = 250;

/** The input of {@link decideRetry}. */
export interface RetryContext {
  readonly error: AxioError;
  /** How many attempts have failed: 1 after the first. */
  readonly attempt: number;
  /**
   * Whether there was a connection before this failure. Then a network that is missing now is probably on its way back, and
   * is waited for like a server. Default: `false`.
   */
  readonly wasConnected?: boolean | undefined;
  /** The time since the first failure, in milliseconds. */
  readonly elapsedMs: number;
  readonly policy: RetryPolicy;
  /** Returns a number from 0 to 1, like `Math.random`. */
  readonly random: () => number;
  /** The current time, in Unix milliseconds. */
  readonly nowMs: number;
}

/** The result of {@link decideRetry}. */
export type RetryDecision =
  | { readonly retry: false }
  | {
      readonly retry: true;
      /** How long to wait first, in milliseconds. */
      readonly delayMs: number;
      /** How many retries this failure may have in total. */
      readonly maxRetries: number;
    };

/**
 * Decides whether and when a call is retried.
 *
 * `error.retryAfterMs` is what the peer asks for: it replaces the backoff and is never shortened; if it exceeds the time
 * budget, the call fails now. Otherwise the delay is a random part of an upper bound that doubles each time ("full
 * jitter"), so that many clients do not return at once.
 *
 * Without any connection (`error.details.connected` is `false`, and so it was before) the user is probably offline: a few
 * quick retries, whose delays are not random, since there is no server to relieve.
 */
export function decideRetry(context: RetryContext): RetryDecision {
  const { error, attempt, wasConnected = false, elapsedMs, policy, random } = context;
  if (error.code === "usage-limit") return decideLimitWait(context);
  const isOffline = !wasConnected && error.details.connected === false;
  const maxRetries = isOffline ? Math.min(policy.maxRetries, policy.maxOfflineRetries) : policy.maxRetries;
  if (!error.retryable || attempt > maxRetries) return { retry: false };
  const boundMs = maxDelayMs(
    isOffline ? Math.min(OFFLINE_DELAY_MS, policy.baseDelayMs) : policy.baseDelayMs,
    context,
  );
  const delayMs = error.retryAfterMs ?? (isOffline ? boundMs : Math.round(random() * boundMs));
  return elapsedMs + delayMs > policy.maxElapsedMs ? { retry: false } : { retry: true, delayMs, maxRetries };
}

/** How long after the reset a call is made at most, in milliseconds: clocks differ, and clients should not return at once. */
const MAX_DELAY_AFTER_RESET_MS = 5_000;

function decideLimitWait({ error, attempt, policy, random, nowMs }: RetryContext): RetryDecision {
  if (!policy.waitForUsageLimit || attempt > policy.maxRetries) return { retry: false };
  const { resetsAt } = error.details;
  // A duration does not depend on the clock.
  const resetMs = error.retryAfterMs ?? (resetsAt === undefined ? undefined : resetsAt - nowMs);
  if (resetMs === undefined) return { retry: false };
  const spreadMs = Math.round(random() * Math.min(policy.baseDelayMs, MAX_DELAY_AFTER_RESET_MS));
  return { retry: true, delayMs: Math.max(0, resetMs) + spreadMs, maxRetries: policy.maxRetries };
}

/** Further doublings change nothing, since the bound was reached before. Without a bound they would end in `NaN`. */
const MAX_DOUBLINGS = 32;

function maxDelayMs(baseDelayMs: number, { attempt, policy }: RetryContext): number {
  return Math.min(policy.maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, MAX_DOUBLINGS));
}
