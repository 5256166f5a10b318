import {
  Agent,
  compactContext,
  defineTool,
  MemoryContextStore,
  type StreamEvent,
  summarizeWith,
  userMessage,
} from "axio";
import { describe, expect, test, vi } from "vitest";
import {
  allClosed,
  asking,
  collect,
  connection,
  failureOf,
  requestsTo,
  simulate,
  transportTo,
} from "./support.ts";

const lookup = defineTool({
  name: "lookup",
  description: "Looks up.",
  inputSchema: { type: "object", properties: {} },
  execute: () => "found",
});

describe.each(["the signal", "leaving the loop"] as const)("a run that is stopped by %s", (how) => {
  test.each([
    [
      "in reasoning",
      "think Let me look around\nfail stall at=reasoning",
      "reasoning-delta",
      ["user", "assistant"],
    ],
    ["in text", "say Looking around\nfail stall at=text", "text-delta", ["user", "assistant"]],
    [
      "in tool input",
      'call lookup {"q":"a needle"}\nfail stall at=arguments',
      "tool-input-delta",
      ["user", "assistant"],
    ],
    [
      "after a complete tool call",
      'say Looking\ncall lookup {"q":"a"}\nfail stall at=after-call',
      "tool-input-delta",
      undefined,
    ],
    [
      "while it waits for a retry",
      'say Looking\nfail failed:rate_limit_exceeded at=text message="Please try again in 600s."',
      "retry",
      ["user", "assistant"],
    ],
    [
      "in the response to a tool result",
      'call lookup {"q":"a"}\nthen\nsay Found it\nfail stall at=text',
      "text-delta",
      ["user", "assistant", "user", "assistant"],
    ],
  ])(
    "%s closes the socket, throws aborted, and keeps the prompt and what was shown",
    async (_where, prompt, at, roles) => {
      const simulator = await simulate();
      const context = new MemoryContextStore();
      const controller = new AbortController();
      const agent = new Agent({ transport: transportTo(simulator), tools: [lookup] });
      const stream = agent.runStream(prompt, { context, signal: controller.signal });
      const events: StreamEvent[] = [];
      const iterated = (async () => {
        for await (const event of stream) {
          events.push(event);
          if (event.type !== at) continue;
          if (how === "leaving the loop") break;
          controller.abort();
        }
      })();
      if (how === "leaving the loop") await iterated;
      else expect((await failureOf(iterated)).code).toBe("aborted");
      expect((await failureOf(stream.result())).code).toBe("aborted");
      await allClosed(simulator);

      const history = await context.history();
      if (roles !== undefined) expect(history.map(({ role }) => role)).toEqual(roles);
      const blocks = history.flatMap(({ content }) => content);
      const calls = blocks.flatMap((block) => (block.type === "tool-use" ? [block.id] : []));
      const results = blocks.flatMap((block) => (block.type === "tool-result" ? [block.toolCallId] : []));
      expect(results).toEqual(calls);
    },
  );
});

test("a signal ends the wait for response headers", async () => {
  const simulator = await simulate();
  simulator.faults.add("stall_before_headers");
  const controller = new AbortController();
  const failure = failureOf(
    collect(transportTo(simulator).stream(asking("say Hi", { signal: controller.signal }))),
  );
  await vi.waitUntil(() => requestsTo(simulator, "/responses").length > 0, { timeout: 10_000, interval: 1 });
  controller.abort();
  expect((await failure).code).toBe("aborted");
});

test("a signal ends the wait for a refresh, and the refresh goes on for others", async () => {
  const simulator = await simulate();
  const base = connection(simulator, simulator.issueCredentials({ lifetimeSeconds: -10 }));
  const transport = transportTo(simulator, base);
  const controller = new AbortController();
  const stopped = failureOf(collect(transport.stream(asking("say Hi", { signal: controller.signal }))));
  const other = collect(transport.stream(asking("say Hi")));
  controller.abort();
  expect((await stopped).code).toBe("aborted");
  expect((await other).at(-1)?.type).toBe("step-end");
  expect(simulator.stats.refreshes).toBe(1);
});

test("a signal ends a compaction, and the history stays complete", async () => {
  const simulator = await simulate();
  simulator.faults.add({ name: "stall", at: "text" });
  const messages = Array.from({ length: 6 }, (_, index) => userMessage(`Question ${index}`));
  const context = new MemoryContextStore(messages);
  const before = await context.history();
  const controller = new AbortController();
  const compacted = failureOf(
    compactContext(context, {
      strategy: summarizeWith(transportTo(simulator)),
      keepTokens: 1,
      signal: controller.signal,
    }),
  );
  await vi.waitUntil(() => simulator.stats.openStreams > 0, { timeout: 10_000, interval: 1 });
  controller.abort();
  expect((await compacted).code).toBe("aborted");
  expect(await context.history()).toEqual(before);
  await allClosed(simulator);
});
