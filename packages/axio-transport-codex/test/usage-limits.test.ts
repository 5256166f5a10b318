import { Agent, MemoryContextStore, type StreamEvent, type TransportEvent } from "axio";
import { expect, test } from "vitest";
import { asking, collect, failureOf, requestsTo, simulate, textOf, transportTo } from "./support.ts";

const LIMIT = { name: "usage_limit_reached", parameters: { "resets-in": "0" } };
const LONG_LIMIT = { name: "usage_limit_reached", parameters: { "resets-in": "7200" } };

test("retry.waitForUsageLimit waits for a usage limit, and the stream says so", async () => {
  const simulator = await simulate();
  simulator.faults.add(LIMIT, { times: 2 });
  const events = await collect(
    transportTo(simulator, { retry: { waitForUsageLimit: true, maxElapsedMs: 0 } }).stream(
      asking("say Hello"),
    ),
  );
  const retries = events.filter((event) => event.type === "retry");
  expect(
    retries.map(({ attempt, discardedBlocks: discard, error }) => [attempt, discard, error.code]),
  ).toEqual([
    [1, [], "usage-limit"],
    [2, [], "usage-limit"],
  ]);
  expect(events.at(-1)).toMatchObject({ type: "step-end" });
  expect(requestsTo(simulator, "/responses")).toHaveLength(3);
});

test("the wait for a usage limit ends at once when the run is aborted", async () => {
  const simulator = await simulate();
  simulator.faults.add(LONG_LIMIT);
  const context = new MemoryContextStore();
  const agent = new Agent({ transport: transportTo(simulator, { retry: { waitForUsageLimit: true } }) });
  const stream = agent.runStream("say Hello", { context });
  const events: StreamEvent[] = [];
  const error = await failureOf(async () => {
    for await (const event of stream) {
      events.push(event);
      if (event.type === "retry") {
        expect(event.delayMs).toBeGreaterThanOrEqual(7_200_000);
        stream.abort();
      }
    }
  });
  expect(error.code).toBe("aborted");
  expect(events.map(({ type }) => type)).toEqual(["rate-limits", "retry", "run-end"]);
  // The prompt, and a note that it was interrupted.
  expect((await context.history()).map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(requestsTo(simulator, "/responses")).toHaveLength(1);
});

test("a rejected call has rate limits too", async () => {
  const simulator = await simulate();
  simulator.faults.add(LONG_LIMIT);
  const transport = transportTo(simulator);
  const events: TransportEvent[] = [];
  const error = await failureOf(async () => {
    for await (const event of transport.stream(asking("say Hi"))) events.push(event);
  });
  expect(error.code).toBe("usage-limit");
  expect(transport.rateLimits?.limits[0]).toMatchObject({
    id: "codex",
    windows: [{ usedPercent: 100, windowMs: 300 * 60_000 }],
  });
  expect(events).toEqual([{ type: "rate-limits", rateLimits: transport.rateLimits }]);
});

test("rate limits stay if a response states none", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator);
  await collect(transport.stream(asking("say Hi")));
  const before = transport.rateLimits;
  simulator.faults.add("not_found");
  await failureOf(collect(transport.stream(asking("say Hi"))));
  expect(before?.limits.length).toBeGreaterThan(0);
  expect(transport.rateLimits).toBe(before);
});

test.each(["sse", "websocket"] as const)(
  "rate limits in a response over %s apply at once, and those of other families stay",
  async (channel) => {
    const simulator = await simulate();
    simulator.rateLimits = {
      ...simulator.rateLimits,
      primary: { usedPercent: 77, windowMinutes: 300, resetAfterSeconds: 60 },
    };
    using transport = transportTo(simulator, { transport: channel });
    await transport.fetchRateLimits();
    const codex = (): unknown => transport.rateLimits?.limits.find(({ id }) => id === "codex")?.windows;
    expect(codex()).toMatchObject([{ usedPercent: 77 }, { usedPercent: 40 }]);
    for await (const event of transport.stream(asking("say Hi\nfail metadata_first"))) {
      if (event.type === "text-delta") expect(codex()).toMatchObject([{ usedPercent: 12 }]);
    }
    expect(codex()).toMatchObject([{ usedPercent: 12 }]);
    // Over a WebSocket there are no headers with other families.
    if (channel === "sse")
      expect(transport.rateLimits?.limits.map(({ id }) => id)).toEqual(["codex", "codex_bengalfox"]);
  },
);

test("retry.maxElapsedMs limits the retries", async () => {
  const simulator = await simulate();
  simulator.faults.add({ name: "rate_limit_ms", parameters: { "retry-after-ms": "20" } }, { times: 100 });
  const error = await failureOf(
    collect(transportTo(simulator, { retry: { maxElapsedMs: 10 } }).stream(asking("say Hi"))),
  );
  expect(error.code).toBe("rate-limit");
  expect(requestsTo(simulator, "/responses")).toHaveLength(1);
});

test("onRetry is called before each delay, also if the retry is invisible", async () => {
  const simulator = await simulate();
  simulator.faults.add("overloaded", { times: 2 });
  const told: unknown[] = [];
  const transport = transportTo(simulator, {
    onRetry: ({ attempt, error }) => told.push([attempt, error.code]),
  });
  expect(await textOf(transport.stream(asking("say Hello")))).toBe("Hello");
  expect(told).toEqual([
    [1, "overloaded"],
    [2, "overloaded"],
  ]);
});

test.each([
  ["while no response comes", { name: "stall_before_headers" }],
  ["in the middle of a text", { name: "stall", at: "text" }],
  ["while it waits for a retry", { name: "rate_limit", parameters: { "retry-after": "600" } }],
  ["while it waits for a usage limit", LONG_LIMIT],
] as const)("deadlineMs ends a call %s", async (_where, fault) => {
  const simulator = await simulate();
  // Modules that the first call loads must not count.
  await textOf(transportTo(simulator, {}).stream(asking("say Hello")));
  simulator.faults.add(fault, { times: 100 });
  const before = requestsTo(simulator, "/responses").length;
  const transport = transportTo(simulator, { deadlineMs: 1_000, retry: { waitForUsageLimit: true } });
  const error = await failureOf(collect(transport.stream(asking("say Hello world"))));
  expect([error.code, error.retryable]).toEqual(["deadline-exceeded", false]);
  expect(requestsTo(simulator, "/responses")).toHaveLength(before + 1);
});

test("a deadline that is not reached leaves nothing behind, and the caller's signal still aborts", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { deadlineMs: 60_000 });
  expect(await textOf(transport.stream(asking("say Hello")))).toBe("Hello");
  const controller = new AbortController();
  const reason = new Error("enough");
  const error = await failureOf(async () => {
    const stream = transport.stream(asking("say Hello\nfail stall at=text", { signal: controller.signal }));
    for await (const event of stream) if (event.type === "text-delta") controller.abort(reason);
  });
  expect([error.code, error.cause]).toEqual(["aborted", reason]);
});

test("responseTimeoutMs ends a request without a response, which is retried", async () => {
  const simulator = await simulate();
  simulator.faults.add("stall_before_headers");
  const transport = transportTo(simulator, { responseTimeoutMs: 500 });
  expect(await textOf(transport.stream(asking("say Hello")))).toBe("Hello");
  expect(requestsTo(simulator, "/responses")).toHaveLength(2);
});
