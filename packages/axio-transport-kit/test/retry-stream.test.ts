import { AxioError, type Message, type ModelSpec, type TransportEvent } from "axio";
import { DEFAULT_RETRY_POLICY } from "axio-http";
import { createEventStream } from "axio-http/internal";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type {
  Call,
  Connection,
  EventDecoder,
  RetryNotice,
  RetryStreamOptions,
  StreamingResponse,
} from "../src/index.ts";
import { retryStream } from "../src/index.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

type Batch = readonly TransportEvent[];

const model: ModelSpec = { id: "large", capabilities: ["text"] };
const call: Call = { system: "", messages: [], tools: [], model };
const hello: Batch = [{ type: "text-delta", index: 0, delta: "Hello" }];
const more: Batch = [
  { type: "reasoning-delta", index: 1, delta: "hm" },
  { type: "text-delta", index: 2, delta: "!" },
];
const transient = new AxioError("server", "failed", { retryable: true });
const permanent = new AxioError("invalid-request", "no");

/** One attempt: batches, and then an error or the end; or an error instead of a response. */
interface Attempt {
  readonly batches?: readonly Batch[];
  readonly error?: unknown;
  readonly rateLimits?: string;
  readonly onClose?: () => void;
}

/** A connection whose attempts get these responses, whose events are stream events already. */
function connectionOf(...attempts: readonly Attempt[]) {
  const opened: number[] = [];
  async function* read({ batches = [], error, onClose }: Attempt): AsyncGenerator<Batch, void, undefined> {
    try {
      yield* batches;
      if (error !== undefined) throw error;
    } finally {
      onClose?.();
    }
  }
  const connection: Connection = {
    async open(): Promise<StreamingResponse> {
      const attempt = attempts[opened.length] ?? {};
      opened.push(opened.length + 1);
      if (AxioError.is(attempt.error) && attempt.error.details.connected === false) throw attempt.error;
      if (attempt.batches === undefined && AxioError.is(attempt.error))
        return { ok: false, status: 500, headers: new Headers(), error: attempt.error };
      return {
        ok: true,
        status: 200,
        headers: new Headers(),
        rateLimits: attempt.rateLimits === undefined ? undefined : { limits: [], plan: attempt.rateLimits },
        events: createEventStream(() => read(attempt) as AsyncGenerator<never[], void, undefined>),
      };
    },
    recover: () => false,
    close() {},
  };
  return { connection, opened };
}

/** Passes events on, and counts their blocks. */
function passOn(): EventDecoder {
  let blockCount = 0;
  return {
    done: false,
    get blockCount() {
      return blockCount;
    },
    decode(event, out) {
      const decoded = event as TransportEvent;
      if ("index" in decoded) blockCount = Math.max(blockCount, decoded.index + 1);
      out.push(decoded);
    },
    end() {},
  };
}

function optionsFor(connection: Connection): RetryStreamOptions {
  return { connection, policy: DEFAULT_RETRY_POLICY, read: passOn, random: () => 0.5 };
}

/** Collects all events, and lets the delays pass. */
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

test("a failure before the first event is retried invisibly, after the delay", async () => {
  const { connection, opened } = connectionOf(
    { error: transient },
    { error: transient },
    { batches: [hello] },
  );
  const notices: unknown[] = [];
  const onRetry = (retry: unknown): void => {
    notices.push(retry);
  };
  expect(await collect(retryStream(call, { ...optionsFor(connection), onRetry }))).toEqual(hello);
  expect(opened).toHaveLength(3);
  expect(notices).toEqual([
    { attempt: 1, maxRetries: 10, delayMs: 2500, error: transient },
    { attempt: 2, maxRetries: 10, delayMs: 5000, error: transient },
  ]);
});

describe("offline: no connection was made", () => {
  const offline = new AxioError("network", "unreachable", {
    retryable: true,
    details: { connected: false },
  });
  const failures = Array<Attempt>(20).fill({ error: offline });

  async function delaysOf(attempts: readonly Attempt[], messages: readonly Message[]): Promise<number[]> {
    const { connection } = connectionOf(...attempts);
    const delays: number[] = [];
    const onRetry = ({ delayMs }: RetryNotice): number => delays.push(delayMs);
    const stream = retryStream({ ...call, messages }, { ...optionsFor(connection), onRetry });
    expect(await failureOf(collect(stream))).toBe(offline);
    return delays;
  }

  test("the call ends after a few quick retries", async () => {
    expect(await delaysOf(failures, [])).toEqual([250, 500, 1_000]);
  });

  test("after a connection in this call, the network is waited for", async () => {
    const delays = await delaysOf([{ error: transient }, ...failures], []);
    expect(delays).toHaveLength(10);
    expect(delays.slice(0, 3)).toEqual([2_500, 5_000, 10_000]);
  });

  test("between two steps of a run, the network is waited for", async () => {
    const result: Message = {
      role: "user",
      content: [{ type: "tool-result", toolCallId: "1", content: [] }],
    };
    expect(await delaysOf(failures, [result])).toHaveLength(10);
  });
});

test("after the first event a `retry` event names every block that began", async () => {
  const { connection } = connectionOf({ batches: [hello, more], error: transient }, { batches: [hello] });
  expect(await collect(retryStream(call, optionsFor(connection)))).toEqual([
    ...hello,
    ...more,
    { type: "retry", attempt: 1, delayMs: 2500, error: transient, discardedBlocks: [0, 1, 2] },
    ...hello,
  ]);
});

test("the blocks of an earlier attempt are not named again", async () => {
  const { connection } = connectionOf(
    { batches: [more], error: transient },
    { error: transient },
    { batches: [hello] },
  );
  const events = await collect(retryStream(call, optionsFor(connection)));
  expect(events.filter(({ type }) => type === "retry")).toHaveLength(1);
});

test.each([
  ["is permanent", permanent],
  ["is not an AxioError", new Error("bug")],
])("a failure that %s ends the call", async (_, error) => {
  const { connection, opened } = connectionOf({ batches: [], error });
  expect(await failureOf(collect(retryStream(call, optionsFor(connection))))).toBe(error);
  expect(opened).toHaveLength(1);
});

test("events that were decoded before a failure in the same batch come first", async () => {
  const { connection } = connectionOf({ batches: [[...hello, { type: "bad" } as never]] });
  const read = (): EventDecoder => ({
    ...passOn(),
    decode(event, out) {
      if ((event as TransportEvent).type === ("bad" as string)) throw permanent;
      out.push(event as TransportEvent);
    },
  });
  const events: TransportEvent[] = [];
  const error = await failureOf(
    (async () => {
      for await (const batch of retryStream(call, { ...optionsFor(connection), read })) events.push(...batch);
    })(),
  );
  expect([events, error]).toEqual([hello, permanent]);
});

test("when the retries are used up the last failure is thrown", async () => {
  const last = new AxioError("overloaded", "last", { retryable: true });
  const { connection, opened } = connectionOf({ error: transient }, { error: last });
  const policy = { ...DEFAULT_RETRY_POLICY, maxRetries: 1 };
  expect(await failureOf(collect(retryStream(call, { ...optionsFor(connection), policy })))).toBe(last);
  expect(opened).toHaveLength(2);
});

test("an abort ends the delay at once, and there is no other attempt", async () => {
  const controller = new AbortController();
  const { connection, opened } = connectionOf({ error: transient });
  const pending = failureOf(
    retryStream(
      { ...call, signal: controller.signal },
      { ...optionsFor(connection), onRetry: () => queueMicrotask(() => controller.abort("enough")) },
    ).next(),
  );
  expect(await pending).toMatchObject({ code: "aborted", cause: "enough" });
  expect(opened).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("leaving the loop closes the response", async () => {
  let isClosed = false;
  const { connection } = connectionOf({
    batches: [hello, more],
    onClose: () => {
      isClosed = true;
    },
  });
  for await (const batch of retryStream(call, optionsFor(connection))) {
    expect(batch).toEqual(hello);
    break;
  }
  expect(isClosed).toBe(true);
});

test("rate limits are emitted with a visible failure, and dropped with an invisible retry", async () => {
  const limit = new AxioError("usage-limit", "used up", { retryAfterMs: 1 });
  const { connection } = connectionOf(
    { batches: [], rateLimits: "1", error: transient },
    { batches: [], rateLimits: "2", error: limit },
    { error: new AxioError("invalid-request", "no", { details: { rateLimits: { limits: [], plan: "3" } } }) },
  );
  const events: TransportEvent[] = [];
  const policy = { ...DEFAULT_RETRY_POLICY, waitForUsageLimit: true };
  const error = await failureOf(
    collect(
      (async function* () {
        for await (const batch of retryStream(call, { ...optionsFor(connection), policy })) {
          events.push(...batch);
          yield batch;
        }
      })(),
    ),
  );
  expect(error).toMatchObject({ code: "invalid-request" });
  expect(events.map((event) => (event.type === "rate-limits" ? event.rateLimits.plan : event.type))).toEqual([
    "2",
    "retry",
    "3",
  ]);
});

test("a call whose cause of failure is removed is repeated at once, without a retry", async () => {
  const { connection, opened } = connectionOf({ error: permanent }, { batches: [hello] });
  const recover = vi.fn(() => true);
  const policy = { ...DEFAULT_RETRY_POLICY, maxRetries: 0 };
  const stream = retryStream(call, { ...optionsFor({ ...connection, recover }), policy });
  expect(await collect(stream)).toEqual(hello);
  expect(opened).toHaveLength(2);
  expect(recover).toHaveBeenCalledExactlyOnceWith(permanent, call);
});

test("nothing is recovered after the first event", async () => {
  const { connection } = connectionOf({ batches: [hello], error: permanent });
  const recover = vi.fn(() => true);
  const stream = retryStream(call, optionsFor({ ...connection, recover }));
  expect(await failureOf(collect(stream))).toBe(permanent);
  expect(recover).not.toHaveBeenCalled();
});

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("There was no failure."),
    (error: unknown) => error,
  );
}
