import {
  Agent,
  AxioError,
  addUsage,
  assistantMessage,
  type ContextStore,
  MemoryContextStore,
  type StreamEvent,
  type ToolUseBlock,
  userMessage,
} from "axio";
import {
  BUILT_USAGE,
  reasoningBlock,
  ScriptedTransport,
  stepEnd,
  textAnswer,
  textBlock,
  toolAnswer,
  toolUse,
} from "axio/testing";
import { describe, expect, it } from "vitest";
import { anyTool, read, toolResults } from "./support.ts";

const echo = anyTool("echo", (input) => `echo ${JSON.stringify(input)}`);

function asking(times: number, call: (index: number) => ToolUseBlock): ReturnType<typeof toolAnswer>[] {
  return Array.from({ length: times }, (_, index) => toolAnswer(call(index)));
}

describe("a run without tools", () => {
  it("streams the events of the transport in order, then run-end", async () => {
    const answer = [...reasoningBlock("Hm."), ...textBlock("Hello there", 1), stepEnd()];
    const transport = new ScriptedTransport([answer]);
    const { events, error } = await read(new Agent({ transport }).runStream("Hi"));
    expect(error).toBeUndefined();
    expect(events).toEqual([...answer, { type: "run-end", reason: "end", usage: BUILT_USAGE, steps: 1 }]);
  });

  it("sends the system prompt, the history and the prompt, and stores the prompt and the response", async () => {
    const transport = new ScriptedTransport([textAnswer("one"), textAnswer("two")]);
    const agent = new Agent({ transport, system: "Be brief." });
    const context = new MemoryContextStore();
    await expect(agent.run("first", { context })).resolves.toMatchObject({ text: "one" });
    await expect(agent.run([{ type: "text", text: "second" }], { context })).resolves.toMatchObject({
      text: "two",
    });
    const history = await context.history();
    expect(history.map(({ role, content }) => [role, content])).toEqual([
      ["user", [{ type: "text", text: "first" }]],
      ["assistant", [{ type: "text", text: "one" }]],
      ["user", [{ type: "text", text: "second" }]],
      ["assistant", [{ type: "text", text: "two" }]],
    ]);
    const [, request] = transport.requests;
    expect(request?.system).toBe("Be brief.");
    expect(request?.messages).toEqual(history.slice(0, 3));
    expect(request?.conversationId).toBe(context.id);
  });

  it("continues from the history if the prompt is an empty list", async () => {
    const transport = new ScriptedTransport([textAnswer("yes")]);
    const context = new MemoryContextStore([userMessage("Are you there?")]);
    await new Agent({ transport }).run([], { context });
    expect(transport.requests[0]?.messages).toEqual([userMessage("Are you there?")]);
    expect(await context.history()).toHaveLength(2);
  });

  it.each(["max-output-tokens", "content-filter", "refusal", "incomplete"] as const)(
    "ends with the stop reason of the provider: %s",
    async (reason) => {
      const transport = new ScriptedTransport([[...textBlock("part"), stepEnd(reason)]]);
      const { endReason, stopReason } = await new Agent({ transport }).run("Hi");
      expect([endReason, stopReason]).toEqual([reason, reason]);
    },
  );

  it("stores only what follows a retry", async () => {
    const transport = new ScriptedTransport([
      [
        ...textBlock("Hello"),
        {
          type: "retry",
          attempt: 1,
          delayMs: 0,
          error: new AxioError("network", "gone"),
          discardedBlocks: [0],
        },
        ...textAnswer("Hello world"),
      ],
    ]);
    const context = new MemoryContextStore();
    await expect(new Agent({ transport }).run("Hi", { context })).resolves.toMatchObject({
      text: "Hello world",
    });
    expect((await context.history()).at(-1)?.content).toEqual([{ type: "text", text: "Hello world" }]);
  });

  it("passes the token count of the provider to the store, if there is one", async () => {
    const usage = { inputTokens: 1_000, cachedInputTokens: 900, outputTokens: 50, reasoningTokens: 20 };
    const counted = new MemoryContextStore();
    await new Agent({ transport: new ScriptedTransport([textAnswer("x", usage)]) }).run("Hi", {
      context: counted,
    });
    expect(await counted.tokenCount()).toBe(1_050);
    const none = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    const uncounted = new MemoryContextStore();
    await new Agent({ transport: new ScriptedTransport([textAnswer("x", none)]) }).run("Hi", {
      context: uncounted,
    });
    expect(await uncounted.tokenCount()).toBeGreaterThan(0);
  });
});

describe("a run with tools", () => {
  it("runs the calls, sends the results, and adds up the usage", async () => {
    const transport = new ScriptedTransport([
      toolAnswer(toolUse("1", "echo", { a: 1 }), toolUse("2", "echo", { b: 2 })),
      textAnswer("Done."),
    ]);
    const context = new MemoryContextStore();
    const stream = new Agent({ transport, tools: [echo] }).runStream("Go", { context });
    const { events } = await read(stream);
    expect(toolResults(events)).toEqual([
      { type: "tool-result", toolCallId: "1", content: 'echo {"a":1}' },
      { type: "tool-result", toolCallId: "2", content: 'echo {"b":2}' },
    ]);
    expect(events.at(-1)).toEqual({
      type: "run-end",
      reason: "end",
      steps: 2,
      usage: { inputTokens: 20, cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0 },
    });
    await expect(stream.finalText()).resolves.toBe("Done.");
    expect((await context.history()).map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
    ]);
    expect(transport.requests[1]?.messages.at(-1)?.content).toEqual(toolResults(events));
    expect(transport.requests[0]?.runId).toBe(transport.requests[1]?.runId);
  });

  it("stores results in the order of the calls, whichever is done first", async () => {
    let finishFirst = (): void => undefined;
    const tools = [
      anyTool(
        "slow",
        () =>
          new Promise<string>((resolve) => {
            finishFirst = () => resolve("slow");
          }),
      ),
      anyTool("fast", () => "fast"),
    ];
    const transport = new ScriptedTransport([
      toolAnswer(toolUse("1", "slow"), toolUse("2", "fast")),
      textAnswer("Done."),
    ]);
    const { events } = await read(new Agent({ transport, tools }).runStream("Go"), (event) => {
      if (event.type === "tool-result" && event.name === "fast") finishFirst();
    });
    expect(toolResults(events).map(({ toolCallId }) => toolCallId)).toEqual(["2", "1"]);
    const stored = transport.requests[1]?.messages.at(-1)?.content ?? [];
    expect(stored.map((block) => "toolCallId" in block && block.toolCallId)).toEqual(["1", "2"]);
  });

  it("runs tools even if the stop reason is not tool-use", async () => {
    const [start, delta, end] = toolAnswer(toolUse("1", "echo"));
    if (start === undefined || delta === undefined || end === undefined) throw new Error("No events.");
    const transport = new ScriptedTransport([[start, delta, end, stepEnd("end")], textAnswer("Done.")]);
    await expect(new Agent({ transport, tools: [echo] }).run("Go")).resolves.toMatchObject({ text: "Done." });
  });

  it("sends the last-step message in the last step, and answers tool calls without running them", async () => {
    const transport = new ScriptedTransport(asking(2, (index) => toolUse(String(index), "echo", { index })));
    const context = new MemoryContextStore();
    const agent = new Agent({
      transport,
      tools: [echo],
      maxSteps: 2,
      lastStepMessage: "Last one.",
    });
    const { events, error } = await read(agent.runStream("Go", { context }));
    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: "run-end", reason: "max-steps", steps: 2 });
    expect(transport.requests[0]?.messages.at(-1)).toEqual(userMessage("Go"));
    expect(transport.requests[1]?.messages.at(-1)).toEqual(userMessage("Last one."));
    expect(toolResults(events).at(-1)).toMatchObject({
      isError: true,
      content: expect.stringMatching(/last step/),
    });
    const history = await context.history();
    expect(history).toHaveLength(5);
    expect(JSON.stringify(history)).not.toContain("Last one.");
    expect(history.at(-1)?.content).toEqual(toolResults(events).slice(-1));
  });

  it("ends if the same tool calls have the same results again and again", async () => {
    const transport = new ScriptedTransport(
      asking(9, (index) => toolUse(String(index), "echo", { same: true })),
    );
    const result = await new Agent({ transport, tools: [echo], repetitionLimit: 3 }).run("Go");
    expect(result).toMatchObject({ endReason: "repetition", stopReason: "tool-use", steps: 3 });
  });

  it("continues if the same tool calls have new results", async () => {
    let clock = 0;
    const tick = anyTool("tick", () => {
      clock += 1;
      return clock;
    });
    const transport = new ScriptedTransport([
      ...asking(6, (index) => toolUse(String(index), "tick")),
      textAnswer("Six."),
    ]);
    await expect(
      new Agent({ transport, tools: [tick], repetitionLimit: 2 }).run("Go"),
    ).resolves.toMatchObject({ text: "Six." });
  });
});

describe("the options of one run", () => {
  it("apply to each request; the tool choice applies to the first one only", async () => {
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "echo")), textAnswer("Done.")]);
    await new Agent({ transport, tools: [echo] }).run("Go", {
      model: "large",
      reasoning: { effort: "high" },
      toolChoice: "required",
    });
    expect(
      transport.requests.map(({ model, reasoning, toolChoice }) => [model, reasoning, toolChoice]),
    ).toEqual([
      ["large", { effort: "high" }, "required"],
      ["large", { effort: "high" }, undefined],
    ]);
  });

  it("can limit the number of steps", async () => {
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "echo")), textAnswer("Done.")]);
    const agent = new Agent({ transport, tools: [echo] });
    await expect(agent.run("Go", { maxSteps: 1 })).resolves.toMatchObject({
      endReason: "max-steps",
      steps: 1,
    });
    expect(() => agent.runStream("Go", { maxSteps: 0 })).toThrow(/maxSteps is 0/);
  });
});

describe("the result of a run", () => {
  it("has the last text, the usage of all steps, and the added messages", async () => {
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "echo")), textAnswer("Done.")]);
    const context = new MemoryContextStore([userMessage("Hello"), assistantMessage("Hi")]);
    const result = await new Agent({ transport, tools: [echo] }).run("Go", { context });
    expect(result).toMatchObject({ text: "Done.", endReason: "end", stopReason: "end", steps: 2 });
    expect(result.usage).toEqual(addUsage(BUILT_USAGE, BUILT_USAGE));
    expect(result.messages).toEqual((await context.history()).slice(2));
  });
});

describe("a selector", () => {
  it("chooses the tools of each step; calls of other tools are rejected", async () => {
    const other = anyTool("other", () => "other");
    const seen: number[] = [];
    const transport = new ScriptedTransport([
      toolAnswer(toolUse("1", "echo"), toolUse("2", "other")),
      textAnswer("Done."),
    ]);
    const agent = new Agent({
      transport,
      tools: [echo, other],
      selector: ({ tools, step, messages }) => {
        seen.push(step, messages.length);
        return tools.filter(({ name }) => name === "echo");
      },
    });
    const { events } = await read(agent.runStream("Go"));
    expect(transport.requests.map(({ tools }) => tools.map(({ name }) => name))).toEqual([
      ["echo"],
      ["echo"],
    ]);
    expect(seen).toEqual([1, 1, 2, 3]);
    expect(toolResults(events).find(({ toolCallId }) => toolCallId === "2")).toMatchObject({ isError: true });
  });

  it("fails the run if it throws, before a request is sent", async () => {
    const transport = new ScriptedTransport([textAnswer("no")]);
    const selector = (): never => {
      throw new Error("no index");
    };
    const { events, error } = await read(new Agent({ transport, selector }).runStream("Go"));
    expect(error).toMatchObject({ code: "unexpected", message: expect.stringContaining("no index") });
    expect(events.map(({ type }) => type)).toEqual(["error", "run-end"]);
    expect(events.at(-1)).toMatchObject({ reason: "error", steps: 0 });
    expect(transport.requests).toHaveLength(0);
  });
});

describe("a run that fails", () => {
  it("streams error and run-end, then throws the same error, and stores nothing of the step", async () => {
    const refused = new AxioError("usage-limit", "Used up.");
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "echo")), refused]);
    const context = new MemoryContextStore();
    const { events, error } = await read(
      new Agent({ transport, tools: [echo] }).runStream("Go", { context }),
    );
    expect(error).toBe(refused);
    expect(events.slice(-2)).toEqual([
      { type: "error", error: refused },
      { type: "run-end", reason: "error", usage: BUILT_USAGE, steps: 2 },
    ]);
    // The first step is complete and stays. An empty prompt continues from it.
    expect((await context.history()).map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
  });

  it("fails if the stream ends without step-end", async () => {
    const transport = new ScriptedTransport([textBlock("Half a")]);
    const context = new MemoryContextStore();
    const { error } = await read(new Agent({ transport }).runStream("Go", { context }));
    expect(error).toMatchObject({ code: "stream-truncated", retryable: true });
    // Only the prompt, so that an empty prompt continues.
    expect(await context.history()).toEqual([{ role: "user", content: [{ type: "text", text: "Go" }] }]);
  });

  it("wraps whatever code outside axio throws", async () => {
    for (const thrown of [new Error("boom"), "boom", Object.create(null) as unknown]) {
      const transport = new ScriptedTransport([
        () => {
          throw thrown;
        },
      ]);
      const { error } = await read(new Agent({ transport }).runStream("Go"));
      expect(error?.code).toBe("unexpected");
      expect(error?.cause).toBe(thrown);
    }
  });

  it("fails if the store cannot append, and does not append again", async () => {
    const store = new MemoryContextStore();
    let appends = 0;
    const context: ContextStore = Object.assign(Object.create(store), {
      id: store.id,
      history: () => store.history(),
      append: async () => {
        appends += 1;
        throw new Error("disk full");
      },
    });
    const { events, error } = await read(
      new Agent({ transport: new ScriptedTransport([textAnswer("Hello")]) }).runStream("Go", { context }),
    );
    expect(error).toMatchObject({ code: "unexpected", message: expect.stringContaining("disk full") });
    expect(events.at(-1)).toMatchObject({ type: "run-end", reason: "error", usage: BUILT_USAGE });
    expect(appends).toBe(1);
  });
});

describe("the options of an agent", () => {
  const transport = new ScriptedTransport([]);

  it("reject two tools with one name, and limits that are too low", () => {
    expect(() => new Agent({ transport, tools: [echo, echo] })).toThrow(/"echo"/);
    expect(() => new Agent({ transport, maxSteps: 0 })).toThrow(/maxSteps is 0/);
    expect(() => new Agent({ transport, maxSteps: Number.NaN })).toThrow(/maxSteps/);
    expect(() => new Agent({ transport, repetitionLimit: 1 })).toThrow(/repetitionLimit is 1/);
  });

  it("reject a missing prompt, even without types", () => {
    const forgotten = JSON.parse("{}") as { readonly prompt: string };
    expect(() => new Agent({ transport }).runStream(forgotten.prompt)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  it("are copied, so that later changes of a list have no effect", async () => {
    const tools = [echo];
    const scripted = new ScriptedTransport([textAnswer("x")]);
    const agent = new Agent({ transport: scripted, tools });
    tools.length = 0;
    await agent.run("Go");
    expect(scripted.requests[0]?.tools).toHaveLength(1);
    expect(agent.transport).toBe(scripted);
  });

  it("let one agent serve many conversations at once", async () => {
    const agent = new Agent({
      transport: new ScriptedTransport(
        Array.from({ length: 8 }, () => ({ messages }) => {
          const last = messages.at(-1)?.content[0];
          return textAnswer(last?.type === "text" ? last.text : "?");
        }),
      ),
    });
    const prompts = Array.from({ length: 8 }, (_, index) => `prompt ${index}`);
    await expect(Promise.all(prompts.map(async (prompt) => (await agent.run(prompt)).text))).resolves.toEqual(
      prompts,
    );
  });
});

describe("events", () => {
  it("are a union on type", async () => {
    const transport = new ScriptedTransport([textAnswer("x")]);
    const { events } = await read(new Agent({ transport }).runStream("Go"));
    const types: StreamEvent["type"][] = events.map(({ type }) => type);
    expect(types).toEqual(["text-delta", "block-end", "step-end", "run-end"]);
  });
});
