import { AxioError, type AxioErrorOptions } from "axio";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_RETRY_POLICY, decideRetry, type RetryContext, type RetryPolicy } from "../src/index.ts";

function failure(options: AxioErrorOptions = {}): AxioError {
  return new AxioError("server", "failed", { retryable: true, ...options });
}

const first = {
  error: failure(),
  attempt: 1,
  elapsedMs: 0,
  policy: DEFAULT_RETRY_POLICY,
  random: () => 0.5,
  nowMs: 1_000_000,
};

test("a permanent error is not retried", () => {
  expect(decideRetry({ ...first, error: failure({ retryable: false, retryAfterMs: 1 }) })).toEqual({
    retry: false,
  });
});

test("the upper bound doubles up to its maximum, and the delay is random below it", () => {
  const waits = [1, 2, 3, 4, 5, 6, 10].map((attempt) => decideRetry({ ...first, attempt }));
  expect(waits).toEqual(
    [2500, 5000, 10_000, 20_000, 30_000, 30_000, 30_000].map((delayMs) => ({
      retry: true,
      delayMs,
      maxRetries: 10,
    })),
  );
  expect(decideRetry({ ...first, random: () => 0 })).toEqual({ retry: true, delayMs: 0, maxRetries: 10 });
});

test("without a base delay there is no delay", () => {
  const policy = { ...DEFAULT_RETRY_POLICY, baseDelayMs: 0, maxRetries: 5000 };
  expect(decideRetry({ ...first, policy, attempt: 5000 })).toEqual({
    retry: true,
    delayMs: 0,
    maxRetries: 5000,
  });
});

test("retries no more than `maxRetries` times", () => {
  expect(decideRetry({ ...first, attempt: 11 })).toEqual({ retry: false });
  const policy = { ...DEFAULT_RETRY_POLICY, maxRetries: 0 };
  expect(decideRetry({ ...first, policy })).toEqual({ retry: false });
});

test("the peer's delay replaces the backoff: not shortened, not bounded, without jitter", () => {
  for (const retryAfterMs of [0, 1, 70_000]) {
    const error = failure({ retryAfterMs });
    expect(decideRetry({ ...first, error })).toMatchObject({ retry: true, delayMs: retryAfterMs });
  }
});

test("a delay beyond the time budget does not begin", () => {
  const policy = { ...DEFAULT_RETRY_POLICY, maxElapsedMs: 10_000 };
  const error = failure({ retryAfterMs: 6000 });
  expect(decideRetry({ ...first, policy, error, elapsedMs: 4000 })).toMatchObject({
    retry: true,
    delayMs: 6000,
  });
  expect(decideRetry({ ...first, policy, error, elapsedMs: 4001 })).toEqual({ retry: false });
  expect(decideRetry({ ...first, policy, elapsedMs: 10_001, random: () => 0 })).toEqual({ retry: false });
});

test("a peer that asks for hours is an error by default", () => {
  expect(decideRetry({ ...first, error: failure({ retryAfterMs: 3 * 3_600_000 }) })).toEqual({
    retry: false,
  });
});

describe("offline: the connection is refused, or the name is not resolved", () => {
  const error = failure({ details: { connected: false } });

  /** The delays of all retries of a call that always fails like this. */
  function delays(context: Partial<RetryContext>): readonly number[] {
    const found: number[] = [];
    for (let attempt = 1; attempt <= 100; attempt += 1) {
      const decision = decideRetry({ ...first, attempt, ...context });
      if (!decision.retry) break;
      expect(decision.maxRetries).toBeGreaterThanOrEqual(attempt);
      found.push(decision.delayMs);
    }
    return found;
  }

  const LONG = [2_500, 5_000, 10_000, 20_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000];
  const policy = DEFAULT_RETRY_POLICY;
  test.each<[string, Partial<RetryContext>, readonly number[]]>([
    ["a call without any connection ends within 2 s", { error }, [250, 500, 1_000]],
    ["so does it whatever the random number is", { error, random: () => 0 }, [250, 500, 1_000]],
    ["a network that breaks after a connection is waited for", { error, wasConnected: true }, LONG],
    ["a connection that breaks is waited for", { error: failure() }, LONG],
    ["fewer retries in total are kept", { error, policy: { ...policy, maxRetries: 2 } }, [250, 500]],
    ["no quick retries", { error, policy: { ...policy, maxOfflineRetries: 0 } }, []],
    [
      "more quick retries, up to the maximum delay",
      { error, policy: { ...policy, maxOfflineRetries: 5, maxDelayMs: 900 } },
      [250, 500, 900, 900, 900],
    ],
    ["shorter delays", { error, policy: { ...policy, baseDelayMs: 10 } }, [10, 20, 40]],
    ["a permanent error", { error: failure({ retryable: false, details: { connected: false } }) }, []],
  ])("%s", (_, context, expected) => {
    expect(delays(context)).toEqual(expected);
  });
});

test("a delay fits the limits of any policy", () => {
  const policies: fc.Arbitrary<RetryPolicy> = fc.record({
    maxRetries: fc.nat(2000),
    maxOfflineRetries: fc.nat(2000),
    baseDelayMs: fc.nat(),
    maxDelayMs: fc.nat(),
    maxElapsedMs: fc.option(fc.nat(), { nil: Number.POSITIVE_INFINITY }),
    waitForUsageLimit: fc.boolean(),
  });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(
      policies,
      fc.integer({ min: 1, max: 2000 }),
      fc.nat(),
      random,
      (policy, attempt, elapsedMs, drawn) => {
        const decision = decideRetry({
          error: failure(),
          attempt,
          elapsedMs,
          policy,
          random: () => drawn,
          nowMs: 0,
        });
        if (!decision.retry) return;
        expect(attempt).toBeLessThanOrEqual(policy.maxRetries);
        expect(decision.delayMs).toBeLessThanOrEqual(policy.maxDelayMs);
        expect(elapsedMs + decision.delayMs).toBeLessThanOrEqual(policy.maxElapsedMs);
      },
    ),
  );
});

describe("a usage limit", () => {
  const limit = (options: AxioErrorOptions): AxioError => new AxioError("usage-limit", "used up", options);
  const resetsAt = limit({ details: { resetsAt: 1_000_000 + 7_200_000 } });
  const waiting = { ...DEFAULT_RETRY_POLICY, waitForUsageLimit: true };

  test("is not waited for by default", () => {
    expect(decideRetry({ ...first, error: resetsAt })).toEqual({ retry: false });
  });

  test("is waited for until a moment after it resets, beyond the time budget", () => {
    expect(decideRetry({ ...first, error: resetsAt, policy: waiting })).toEqual({
      retry: true,
      delayMs: 7_200_000 + 2_500,
      maxRetries: 10,
    });
  });

  test("that states a duration is waited for by that, whatever the clock says", () => {
    const error = limit({ retryAfterMs: 60_000, details: { resetsAt: 9_999_000 } });
    expect(decideRetry({ ...first, error, policy: waiting })).toMatchObject({ delayMs: 62_500 });
  });

  test("without a reset time is an error", () => {
    expect(decideRetry({ ...first, error: limit({}), policy: waiting })).toEqual({ retry: false });
  });

  test("that never resets ends with the retries", () => {
    expect(decideRetry({ ...first, error: resetsAt, policy: waiting, attempt: 11 })).toEqual({
      retry: false,
    });
  });
});
