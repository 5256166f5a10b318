import {
  Agent,
  AxioError,
  defineTool,
  type JsonObject,
  MemoryContextStore,
  parseMessages,
  userMessage,
  webSearchTool,
} from "axio";
import { asking, collect } from "test-support/transport-calls";
import { describe, expect, test } from "vitest";
import { codeExecutionTool, toolSearchTool, webFetchTool } from "../src/index.ts";
import { withoutMarks } from "./support/build.ts";
import { marksIn, objects } from "./support/request-rules.ts";
import { bodiesOf, simulate, transportTo } from "./support/simulator.ts";

const echo = defineTool({
  name: "echo",
  description: "Returns its text.",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  execute: ({ text }) => String(text),
});

/** A system prompt that is long enough to be cached by every model. */
const SYSTEM = "You are careful. ".repeat(1500);

function blocksOfType(body: JsonObject | undefined, type: string): readonly JsonObject[] {
  return objects(body?.["messages"]).flatMap(({ content }) =>
    objects(content).filter((block) => block["type"] === type),
  );
}

describe.each(["claude-sonnet-5-5", "claude-opus-4-8", "claude-sonnet-4-5"])(
  "a conversation with %s",
  (model) => {
    test("thinking goes back byte for byte after a tool, and after the store wrote it as JSON", async () => {
      const simulator = await simulate();
      const transport = transportTo(simulator, { model, reasoning: { effort: "high" } });
      const agent = new Agent({ transport, system: SYSTEM, tools: [echo] });
      const context = new MemoryContextStore();
      await agent.run(
        'think Größe "quoted" \\n 😀\ncall echo {"text":"a"}\ncall echo {"text":"b"}\nthen\nthink Again.\nsay Done.',
        { context },
      );
      const copy = new MemoryContextStore(parseMessages(JSON.stringify(await context.history())));
      await agent.run("say More.", { context: copy });
      // The simulator checks each signature and refuses a block that differs in any way.
      const bodies = bodiesOf(simulator);
      expect(bodies).toHaveLength(3);
      const [, second, third] = bodies;
      expect(blocksOfType(second, "thinking")).toHaveLength(1);
      expect(blocksOfType(third, "thinking").map(({ thinking }) => thinking)).toEqual([
        'Größe "quoted" \n 😀',
        "Again.",
      ]);
      expect(objects(third?.["messages"]).map(({ role }) => role)).toEqual([
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
      ]);
      const results = objects(objects(third?.["messages"])[2]?.["content"]).map(({ type, content }) => [
        type,
        objects(content)[0]?.["text"],
      ]);
      expect(results).toEqual([
        ["tool_result", "a"],
        ["tool_result", "b"],
      ]);
    });

    test("a fork at an older message is accepted, and keeps the thinking before it", async () => {
      const simulator = await simulate();
      const warnings: AxioError[] = [];
      const transport = transportTo(simulator, {
        model,
        reasoning: { effort: "high" },
        onWarning: (warning) => warnings.push(warning),
      });
      const agent = new Agent({ transport, system: SYSTEM, tools: [echo] });
      const context = new MemoryContextStore();
      await agent.run("think One.\nsay First.", { context });
      await agent.run("think Two.\nsay Second.", { context });
      const fork = new MemoryContextStore((await context.history()).slice(0, 2));
      await agent.run("say Forked.", { context: fork });
      expect(blocksOfType(bodiesOf(simulator).at(-1), "thinking").map(({ thinking }) => thinking)).toEqual([
        "One.",
      ]);
      expect(warnings).toEqual([]);
    });

    test("after a change of the system prompt, of the tools or a compaction the next request is accepted", async () => {
      const simulator = await simulate();
      const transport = transportTo(simulator, { model, reasoning: { effort: "high" } });
      const context = new MemoryContextStore();
      const agent = new Agent({ transport, system: SYSTEM, tools: [echo] });
      await agent.run("think One.\nsay First.", { context });
      await agent.run("think Two.\nsay Second.", { context });
      const history = await context.history();
      for (const changed of [
        new Agent({ transport, system: `${SYSTEM} Be brief.`, tools: [echo] }),
        new Agent({ transport, system: SYSTEM, tools: [] }),
      ]) {
        const copy = new MemoryContextStore(history);
        expect((await changed.run("think Three.\nsay Third.", { context: copy })).text).toBe("Third.");
        expect((await changed.run("say Fourth.", { context: copy })).text).toBe("Fourth.");
      }
      const compacted = new MemoryContextStore([userMessage("Summary."), ...history.slice(2)]);
      expect((await agent.run("say Third.", { context: compacted })).text).toBe("Third.");
      // Nothing was refused and repeated.
      expect(bodiesOf(simulator)).toHaveLength(7);
    });
  },
);

test("new thinking stays valid after thinking before it was left out", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator, { model: "claude-opus-5-5" });
  const context = new MemoryContextStore();
  await new Agent({ transport, system: SYSTEM }).run("think One.\nsay First.", { context });
  const agent = new Agent({ transport, system: `${SYSTEM}!` });
  await agent.run("think Two.\nsay Second.", { context });
  await agent.run("say Third.", { context });
  const sent = bodiesOf(simulator).map((body) =>
    blocksOfType(body, "thinking").map(({ thinking }) => thinking),
  );
  expect(sent).toEqual([[], [], ["Two."]]);
});

test("a run of 50 steps only grows, and reads at least 95 % of what was sent before from the cache", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator);
  const script = Array.from(
    { length: 49 },
    (_, step) => `think Step ${step}.\ncall echo {"text":"${"word ".repeat(40)}${step}"}`,
  );
  const agent = new Agent({
    transport,
    system: SYSTEM,
    tools: [echo],
    maxSteps: 60,
    repetitionLimit: Number.POSITIVE_INFINITY,
  });
  const sizes: { input: number; cached: number; written: number }[] = [];
  const stream = agent.runStream(`${script.join("\nthen\n")}\nthen\nsay Done.`);
  for await (const event of stream) {
    if (event.type !== "step-end") continue;
    const { inputTokens, cachedInputTokens, cacheWriteTokens = 0 } = event.usage;
    sizes.push({ input: inputTokens, cached: cachedInputTokens, written: cacheWriteTokens });
  }
  expect(sizes).toHaveLength(50);
  const bodies = bodiesOf(simulator).map((body) => withoutMarks(body) as JsonObject);
  for (const [index, body] of bodies.slice(1).entries()) {
    const before = bodies[index];
    const { messages: sentBefore, ...settingsBefore } = before ?? {};
    const { messages, ...settings } = body;
    expect(JSON.stringify(settings)).toBe(JSON.stringify(settingsBefore));
    const count = objects(sentBefore).length;
    expect(JSON.stringify(objects(messages).slice(0, count))).toBe(JSON.stringify(sentBefore));
  }
  const sentBefore = sizes.slice(0, -1).reduce((sum, { input }) => sum + input, 0);
  const read = sizes.slice(1).reduce((sum, { cached }) => sum + cached, 0);
  expect(read / sentBefore).toBeGreaterThanOrEqual(0.95);
  // The only tool is shorter than what is cached.
  expect(Math.max(...bodiesOf(simulator).map((body) => marksIn(body).length))).toBe(3);
});

test("25 parallel calls keep the cache: the next step reads all that was sent before", async () => {
  const simulator = await simulate();
  const calls = Array.from({ length: 25 }, (_, call) => `call echo {"text":"${call}"}`).join("\n");
  const agent = new Agent({ transport: transportTo(simulator), system: SYSTEM, tools: [echo] });
  const usages: { inputTokens: number; cachedInputTokens: number }[] = [];
  for await (const event of agent.runStream(`${calls}\nthen\ncall echo {"text":"x"}\nthen\nsay Done.`)) {
    if (event.type === "step-end") usages.push(event.usage);
  }
  const [first, second, third] = usages;
  expect(second?.cachedInputTokens).toBeGreaterThanOrEqual((first?.inputTokens ?? 0) * 0.99);
  expect(third?.cachedInputTokens).toBeGreaterThanOrEqual((second?.inputTokens ?? 0) * 0.99);
});

test("a response that is paused twice is one response, whose history is valid", async () => {
  const simulator = await simulate();
  const agent = new Agent({ transport: transportTo(simulator), system: SYSTEM, tools: [webSearchTool()] });
  const context = new MemoryContextStore();
  const indexes: number[] = [];
  const stream = agent.runStream(
    "say One.\nsearch a\npause-turn\nsay Two.\nsearch b\npause-turn\nsay Three.",
    { context },
  );
  let inputTokens = 0;
  for await (const event of stream) {
    if (event.type === "block-end") indexes.push(event.index);
    if (event.type === "step-end") inputTokens = event.usage.inputTokens;
  }
  const { steps } = await stream.result();
  expect(steps).toBe(1);
  expect(indexes).toEqual(indexes.map((_, index) => index));
  const history = await context.history();
  expect(history.map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(history[1]?.content.filter(({ type }) => type === "hosted-tool")).toHaveLength(2);
  const bodies = bodiesOf(simulator);
  expect(bodies).toHaveLength(3);
  expect(inputTokens).toBeGreaterThan(SYSTEM.length / 2);
  await agent.run("say Four.", { context });
  expect(bodiesOf(simulator)).toHaveLength(4);
});

test("a run that is aborted in the middle of two parallel calls can go on", async () => {
  const simulator = await simulate();
  const slow = defineTool({
    name: "echo",
    description: "Waits.",
    inputSchema: { type: "object", properties: { text: { type: "string" } } },
    execute: (_input, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  const agent = new Agent({ transport: transportTo(simulator), system: SYSTEM, tools: [slow] });
  const context = new MemoryContextStore();
  const controller = new AbortController();
  const stream = agent.runStream('think Hm.\ncall echo {"text":"a"}\ncall echo {"text":"b"}', {
    context,
    signal: controller.signal,
  });
  const outcome = (async () => {
    for await (const event of stream) if (event.type === "step-end") controller.abort();
  })();
  await expect(outcome).rejects.toThrow(AxioError);
  expect((await agent.run("say Done.", { context })).text).toBe("Done.");
  expect(
    (
      await agent.run([], {
        context: new MemoryContextStore([...(await context.history()), userMessage("say Again.")]),
      })
    ).text,
  ).toBe("Again.");
});

test("hosted tools run, show their sources, and go back as they came", async () => {
  const simulator = await simulate();
  const tools = [
    webSearchTool({ allowedDomains: ["nodejs.org"], location: { city: "Bern" } }),
    webFetchTool(),
    codeExecutionTool(),
    toolSearchTool(),
    echo,
  ];
  const agent = new Agent({ transport: transportTo(simulator), system: SYSTEM, tools });
  const context = new MemoryContextStore();
  await agent.run("search node\ncode-execution print(1)\ncite https://nodejs.org/ Cited.", { context });
  await agent.run("say More.", { context });
  const [, answer] = await context.history();
  const hosted = answer?.content.filter(({ type }) => type === "hosted-tool");
  expect(hosted).toMatchObject([{ name: "web-search", status: "completed" }, { name: "code-interpreter" }]);
  expect(answer?.content).toContainEqual(
    expect.objectContaining({
      type: "text",
      text: "Cited.",
      sources: [expect.objectContaining({ url: "https://nodejs.org/" })],
    }),
  );
  const [first, second] = bodiesOf(simulator);
  expect(objects(first?.["tools"])[0]).toMatchObject({
    type: "web_search_20250305",
    allowed_domains: ["nodejs.org"],
    user_location: { type: "approximate", city: "Bern" },
  });
  expect(blocksOfType(second, "server_tool_use").length).toBeGreaterThanOrEqual(2);
  expect(blocksOfType(second, "web_search_tool_result")).toHaveLength(1);
});

test("a request is counted without being answered", async () => {
  const simulator = await simulate();
  const tokens = await transportTo(simulator).countTokens(asking("Hello", { system: SYSTEM, tools: [echo] }));
  expect(tokens).toBeGreaterThan(5000);
  expect(bodiesOf(simulator)).toEqual([]);
});

test("the list of models states windows, efforts and prices", async () => {
  const simulator = await simulate();
  const models = await transportTo(simulator).fetchModels();
  expect(models.get("claude-sonnet-5-5")).toMatchObject({
    contextWindow: 1_000_000,
    maxOutputTokens: 128_000,
    efforts: ["low", "medium", "high", "xhigh", "max"],
    cost: { inputPerMillion: 2, outputPerMillion: 10, cachedInputPerMillion: 0.2, cacheWritePerMillion: 2.5 },
    capabilities: expect.arrayContaining(["vision", "reasoning", "tool-use", "file-input"]),
  });
  expect(models.get("claude-sonnet-4-5").efforts).toBeUndefined();
});

test("rate limits arrive as events and stay readable", async () => {
  const simulator = await simulate();
  const transport = transportTo(simulator);
  const events = await collect(transport.stream(asking("say Hi")));
  expect(events.find(({ type }) => type === "rate-limits")).toMatchObject({
    rateLimits: { limits: expect.arrayContaining([expect.objectContaining({ id: "input-tokens" })]) },
  });
  expect(transport.rateLimits?.limits.length).toBeGreaterThan(0);
});
