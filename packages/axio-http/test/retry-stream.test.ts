import { AxioError, type TransportEvent } from "axio";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type AttemptProgress,
  DEFAULT_RETRY_POLICY,
  type RetryStreamOptions,
  retryStream,
} from "../src/index.ts";
import { rejectionOf } from "./support/signals.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

type Batch = readonly TransportEvent[];

const hello: Batch = [{ type: "text-delta", index: 0, delta: "Hello" }];
const more: Batch = [
  { type: "reasoning-delta", index: 1, delta: "hm" },
  { type: "text-delta", index: 2, delta: "!" },
];
const passing = new AxioError("server", "failed", { retryable: true });
const terminal = new AxioError("invalid-request", "no");

/** A call whose tries each give some batches and then fail, or end. */
function calls(...tries: readonly { readonly batches?: readonly Batch[]; readonly error?: unknown }[]) {
  const numbers: number[] = [];
  async function* attempt(number: number, progress: AttemptProgress): AsyncGenerator<Batch, void, undefined> {
    numbers.push(number);
    const { batches = [], error } = tries[number - 1] ?? {};
    for (const batch of batches) {
      for (const event of batch)
        if ("index" in event) progress.blockCount = Math.max(progress.blockCount, event.index + 1);
      yield batch;
    }
    if (error !== undefined) throw error;
  }
  return { attempt, numbers };
}

const defaults: RetryStreamOptions = { policy: DEFAULT_RETRY_POLICY, random: () => 0.5 };

/** Reads all, and lets the time pass that the call waits. */
async function collect(events: AsyncIterable<Batch>): Promise<TransportEvent[]> {
  const all: TransportEvent[] = [];
  const reading = (async () => {
    for await (const batch of events) all.push(...batch);
  })();
  const settled = reading.catch(() => {});
  await vi.runAllTimersAsync();
  await settled;
  await reading;
  return all;
}

test("a failure before the first event is repaired unnoticed, after the wait", async () => {
  const { attempt, numbers } = calls({ error: passing }, { error: passing }, { batches: [hello] });
  const told: unknown[] = [];
  const onRetry = (retry: unknown): void => {
    told.push(retry);
  };
  expect(await collect(retryStream(attempt, { ...defaults, onRetry }))).toEqual(hello);
  expect(numbers).toEqual([1, 2, 3]);
  expect(told).toEqual([
    { attempt: 1, delayMs: 2500, error: passing },
    { attempt: 2, delayMs: 5000, error: passing },
  ]);
});

test("afterwards a `retry` event names every block that was begun", async () => {
  const { attempt } = calls({ batches: [hello, more], error: passing }, { batches: [hello] });
  expect(await collect(retryStream(attempt, defaults))).toEqual([
    ...hello,
    ...more,
    { type: "retry", attempt: 1, delayMs: 2500, error: passing, discardedBlocks: [0, 1, 2] },
    ...hello,
  ]);
});

test("what a try before the last one gave is not named again", async () => {
  const { attempt } = calls({ batches: [more], error: passing }, { error: passing }, { batches: [hello] });
  const events = await collect(retryStream(attempt, defaults));
  expect(events.filter(({ type }) => type === "retry")).toHaveLength(1);
});

test.each([
  ["cannot pass", terminal],
  ["is not one of ours", new Error("bug")],
])("a failure that %s ends the call", async (_, error) => {
  const { attempt, numbers } = calls({ error });
  expect(await rejectionOf(collect(retryStream(attempt, defaults)))).toBe(error);
  expect(numbers).toEqual([1]);
});

test("when the retries are used up the last failure is thrown", async () => {
  const last = new AxioError("overloaded", "last", { retryable: true });
  const { attempt, numbers } = calls({ error: passing }, { error: last });
  const policy = { ...DEFAULT_RETRY_POLICY, maxRetries: 1 };
  expect(await rejectionOf(collect(retryStream(attempt, { ...defaults, policy })))).toBe(last);
  expect(numbers).toEqual([1, 2]);
});

test("an abort ends the wait at once, and no other try is made", async () => {
  const controller = new AbortController();
  const { attempt, numbers } = calls({ error: passing });
  const pending = rejectionOf(
    retryStream(attempt, {
      ...defaults,
      signal: controller.signal,
      onRetry: () => queueMicrotask(() => controller.abort("enough")),
    }).next(),
  );
  expect(await pending).toMatchObject({ code: "aborted", cause: "enough" });
  expect(numbers).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

test("leaving the loop ends the try", async () => {
  let closed = false;
  async function* attempt(): AsyncGenerator<Batch, void, undefined> {
    try {
      yield hello;
      yield more;
    } finally {
      closed = true;
    }
  }
  for await (const batch of retryStream(attempt, defaults)) {
    expect(batch).toBe(hello);
    break;
  }
  expect(closed).toBe(true);
});

test("held events come with what the caller hears of a failure, and not where it is repaired unnoticed", async () => {
  const limit = new AxioError("usage-limit", "used up", { retryAfterMs: 1 });
  const errors = [passing, limit, terminal];
  async function* attempt(number: number, progress: AttemptProgress): AsyncGenerator<Batch, void, undefined> {
    progress.bufferedEvents = [{ type: "rate-limits", rateLimits: { limits: [], plan: String(number) } }];
    yield* [] as Batch[];
    throw errors[number - 1];
  }
  const given: TransportEvent[] = [];
  const error = await rejectionOf(
    collect(
      (async function* () {
        const policy = { ...DEFAULT_RETRY_POLICY, waitForLimit: true };
        for await (const batch of retryStream(attempt, { ...defaults, policy })) {
          given.push(...batch);
          yield batch;
        }
      })(),
    ),
  );
  expect(error).toBe(terminal);
  expect(given.map((event) => (event.type === "rate-limits" ? event.rateLimits.plan : event.type))).toEqual([
    "2",
    "retry",
    "3",
  ]);
});

test("a cause that is taken away costs no retry and no wait", async () => {
  const { attempt, numbers } = calls({ error: terminal });
  const repaired = { done: false };
  const stream = retryStream(
    async function* (number, progress) {
      if (!repaired.done) yield* attempt(number, progress);
      else yield hello;
    },
    {
      ...defaults,
      policy: { ...DEFAULT_RETRY_POLICY, maxRetries: 0 },
      recover: () => !repaired.done && Object.assign(repaired, { done: true }).done,
    },
  );
  expect(await collect(stream)).toEqual(hello);
  expect(numbers).toEqual([1]);
});

test("nothing is mended once something was given out", async () => {
  const { attempt } = calls({ batches: [hello], error: terminal });
  const recover = vi.fn(() => true);
  expect(await rejectionOf(collect(retryStream(attempt, { ...defaults, recover })))).toBe(terminal);
  expect(recover).not.toHaveBeenCalled();
});
