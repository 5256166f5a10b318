import { Agent, defineTool, MemoryContextStore, messageText, type StreamEvent } from "axio";
import { describe, expect, test } from "vitest";
import { asking, collect, failureOf, requestsTo, simulate, textOf, transportTo } from "./support.ts";

describe("before the first event a retry is invisible", () => {
  test.each([
    "failed:server_is_overloaded",
    "failed:slow_down",
    "failed:rate_limit_exceeded",
    "failed:server_error",
    "failed_without_error",
    "failed_numeric_code",
    "error_event",
    "error_event_nested",
    "error_event_then_failed",
    "error_without_type",
    "server_error",
    "server_error_text",
    "bad_gateway",
    "overloaded",
    "slow_down",
    "unavailable",
    "gateway_timeout",
    "cloudflare_520",
    "bad_json_error",
    "request_timeout",
    "rate_limit_silent",
    "rate_limit_empty",
    "rate_limit_text",
    "reset_before_headers",
    "close_before_headers",
    "empty_stream",
  ])("%s, twice", async (fault) => {
    const simulator = await simulate();
    simulator.faults.add(fault, { times: 2 });
    const events = await collect(transportTo(simulator).stream(asking("say Hello")));
    expect(events.map(({ type }) => type)).not.toContain("retry");
    expect(events.at(-1)).toMatchObject({ type: "step-end", stopReason: "end" });
    expect(requestsTo(simulator, "/responses")).toHaveLength(3);
  });
});

describe("the number of attempts", () => {
  test.each([0, 3])("maxRetries %i", async (maxRetries) => {
    const simulator = await simulate();
    simulator.faults.add("server_error", { times: 100 });
    const error = await failureOf(
      collect(transportTo(simulator, { retry: { maxRetries } }).stream(asking("say Hi"))),
    );
    expect([error.code, error.retryable, error.details.status]).toEqual(["server", true, 500]);
    expect(error.details.requestId).toMatch(/^req_sim/);
    expect(requestsTo(simulator, "/responses")).toHaveLength(maxRetries + 1);
  });

  test.each([
    "usage_limit_reached",
    "usage_limit_without_reset",
    "usage_not_included",
    "insufficient_quota",
    "error_event_usage_limit",
    "failed:context_length_exceeded",
    "failed:insufficient_quota",
    "failed:cyber_policy",
    "failed:invalid_prompt",
    "misalignment_policy_violation",
    "validation_list",
    "not_found",
    "payload_too_large",
  ])("%s is never retried", async (fault) => {
    const simulator = await simulate();
    simulator.faults.add(fault);
    const error = await failureOf(collect(transportTo(simulator).stream(asking("say Hi"))));
    expect(error.retryable).toBe(false);
    expect(requestsTo(simulator, "/responses")).toHaveLength(1);
  });
});

test("a usage limit states plan, window and reset time, and is not retried", async () => {
  const simulator = await simulate();
  simulator.faults.add({ name: "usage_limit_reached", parameters: { "resets-in": "5400", plan: "team" } });
  const before = Math.floor(Date.now() / 1000);
  const error = await failureOf(collect(transportTo(simulator).stream(asking("say Hi"))));
  expect(error.code).toBe("usage-limit");
  expect(error.details).toMatchObject({ status: 429, plan: "team", windowMs: 300 * 60_000 });
  const { resetsAt = 0 } = error.details;
  expect(resetsAt).toBeGreaterThanOrEqual((before + 5400) * 1000);
  expect(error.message).toMatch(/It resets at \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);
  expect(requestsTo(simulator, "/responses")).toHaveLength(1);
});

describe("the peer's delay has priority over the backoff", () => {
  // With a backoff of an hour, these pass only if it is not used.
  const hour = 3_600_000;

  test.each([
    { name: "rate_limit_ms", parameters: { "retry-after-ms": "5" } },
    { name: "rate_limit", parameters: { "retry-after": "0" } },
    { name: "rate_limit_text", parameters: { delay: "5ms" } },
    { name: "failed:rate_limit_exceeded", parameters: { message: "Please try again in 0.005s." } },
  ])("$name", async (fault) => {
    const simulator = await simulate();
    simulator.faults.add(fault);
    const transport = transportTo(simulator, { retry: { baseDelayMs: hour } });
    expect(await textOf(transport.stream(asking("say Hello")))).toBe("Hello");
    expect(requestsTo(simulator, "/responses")).toHaveLength(2);
  });

  test("a delay beyond the time budget is an error at once, which states it", async () => {
    const simulator = await simulate();
    simulator.faults.add({ name: "rate_limit", parameters: { "retry-after": "7200" } });
    const error = await failureOf(collect(transportTo(simulator).stream(asking("say Hi"))));
    expect([error.code, error.retryAfterMs]).toEqual(["rate-limit", 7_200_000]);
    expect(requestsTo(simulator, "/responses")).toHaveLength(1);
  });

  test("a signal ends the delay at once", async () => {
    const simulator = await simulate();
    simulator.faults.add({
      name: "failed:rate_limit_exceeded",
      at: "text",
      parameters: { message: "Please try again in 600s." },
    });
    const controller = new AbortController();
    const transport = transportTo(simulator);
    const stream = transport.stream(asking("say Hello", { signal: controller.signal }));
    const reason = new Error("enough");
    const error = await failureOf(async () => {
      for await (const event of stream) if (event.type === "retry") controller.abort(reason);
    });
    expect([error.code, error.cause]).toEqual(["aborted", reason]);
    expect(requestsTo(simulator, "/responses")).toHaveLength(1);
  });
});

describe("after the first event", () => {
  test.each(["eof", "reset", "eof_inside_event", "garbage_json"])("%s", async (fault) => {
    const simulator = await simulate();
    simulator.faults.add({ name: fault, at: "text" });
    const events = await collect(transportTo(simulator).stream(asking("think hm\nsay Hello world")));
    const retry = events.findIndex(({ type }) => type === "retry");
    const begun = new Set(events.slice(0, retry).flatMap((event) => ("index" in event ? [event.index] : [])));
    expect(begun.size).toBe(2);
    expect(events[retry]).toMatchObject({ type: "retry", attempt: 1, discardedBlocks: [...begun] });
    const after = events.slice(retry).map((event) => (event.type === "text-delta" ? event.delta : ""));
    expect(after.join("")).toBe("Hello world");
  });

  test("the history has the text once, and a finished tool is not run twice", async () => {
    const simulator = await simulate();
    const runs: string[] = [];
    const lookup = defineTool({
      name: "lookup",
      description: "Looks up.",
      inputSchema: { type: "object", properties: { q: { type: "string" } } },
      execute: ({ q }) => {
        runs.push(String(q));
        return "found";
      },
    });
    const context = new MemoryContextStore();
    const agent = new Agent({ transport: transportTo(simulator), tools: [lookup] });
    const script =
      'say Looking\ncall lookup {"q":"a"}\nfail reset at=arguments attempts=1\nthen\nsay Done: {{result 1}}\nfail eof at=text attempts=1';
    const events: StreamEvent[] = [];
    for await (const event of agent.runStream(script, { context })) events.push(event);
    expect(events.filter(({ type }) => type === "retry")).toHaveLength(2);
    expect(runs).toEqual(["a"]);
    const history = await context.history();
    expect(history.map((message) => [message.role, messageText(message)])).toEqual([
      ["user", script],
      ["assistant", "Looking"],
      ["user", ""],
      ["assistant", "Done: found"],
    ]);
    expect(requestsTo(simulator, "/responses")).toHaveLength(4);
  });

  test("an idle stream is retried", async () => {
    const simulator = await simulate();
    simulator.faults.add({ name: "stall", at: "text" });
    const events = await collect(
      transportTo(simulator, { idleTimeoutMs: 200 }).stream(asking("say Hello world")),
    );
    expect(events.find(({ type }) => type === "retry")).toMatchObject({
      error: { code: "stream-idle" },
      discardedBlocks: [0],
    });
  });
});

test.each([
  ["incomplete:max_output_tokens", "max-output-tokens"],
  ["incomplete:content_filter", "content-filter"],
  ["incomplete_without_reason", "incomplete"],
])("%s is an end with a stop reason", async (fault, stopReason) => {
  const simulator = await simulate();
  simulator.faults.add(fault);
  const events = await collect(transportTo(simulator).stream(asking("say Hello world")));
  expect(events.at(-1)).toMatchObject({ type: "step-end", stopReason });
});
