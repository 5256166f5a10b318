import { Agent, AxioError, MemoryContextStore, messageText, parseMessages, userMessage } from "axio";
import { reasoningBlock, ScriptedTransport, textAnswer, textBlock, toolAnswer, toolUse } from "axio/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyTool, failure, read } from "./support.ts";

const tool = anyTool("tool", (_input, { emit }) => {
  emit("half ");
  emit("done");
  return "whole";
});
const answers = [
  [
    ...reasoningBlock("Hm."),
    ...textBlock("Let me see.", 1),
    ...toolAnswer(toolUse("1", "tool"), toolUse("2", "tool")),
  ],
  [...textBlock("It is so, and not otherwise."), ...textAnswer("The end.")],
];

describe("class 14, a run that is stopped", () => {
  it("keeps the prompt and all text that was shown, at any event, and the next request contains them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 24 }), async (stop) => {
        const context = new MemoryContextStore();
        const transport = new ScriptedTransport([...answers, textAnswer("Next."), textAnswer("Next.")]);
        const agent = new Agent({ transport, tools: [tool] });
        const stream = agent.runStream("Go", { context });
        let shown = "";
        let seen = 0;
        const { error } = await read(stream, (event) => {
          if (event.type === "text-delta") shown += event.delta;
          if (seen === stop) stream.abort();
          seen += 1;
        });
        const before = transport.requests.length;
        await agent.run("And now?", { context });
        const messages = transport.requests[before]?.messages ?? [];
        expect(messages[0]).toEqual(userMessage("Go"));
        expect(messages.at(-1)).toEqual(userMessage("And now?"));
        const texts = messages.filter(({ role }) => role === "assistant").map(messageText);
        expect(texts.join("").replaceAll(/\[Interrupted.*?\]/g, "")).toBe(shown);
        // An answer that is not complete is marked. Results that are complete need no mark.
        if (error !== undefined && messages.at(-2)?.role === "assistant")
          expect(messages.at(-2)?.content.at(-1)).toMatchObject({ interrupted: true });
        expect(parseMessages(JSON.stringify(messages))).toEqual(messages);
      }),
      { numRuns: 30 },
    );
  });

  it("is marked even if nothing was shown", async () => {
    const context = new MemoryContextStore();
    const controller = new AbortController();
    const transport = new ScriptedTransport([
      () => {
        controller.abort();
        return [];
      },
    ]);
    await read(new Agent({ transport }).runStream("Go", { context, signal: controller.signal }));
    const [prompt, answer] = await context.history();
    expect(prompt).toEqual(userMessage("Go"));
    expect(answer).toMatchObject({ role: "assistant", content: [{ interrupted: true }] });
  });
});

describe("class 14, a run that fails", () => {
  it("keeps its prompt, and run([]) continues", async () => {
    const context = new MemoryContextStore();
    const transport = new ScriptedTransport([new AxioError("overloaded", "Busy."), textAnswer("Hello.")]);
    const agent = new Agent({ transport });
    expect(await failure(agent.run("Hi", { context }))).toMatchObject({ code: "overloaded" });
    expect(await context.history()).toEqual([userMessage("Hi")]);
    expect((await agent.run([], { context })).text).toBe("Hello.");
    expect(transport.requests.map(({ messages }) => messages)).toEqual([
      [userMessage("Hi")],
      [userMessage("Hi")],
    ]);
    expect(await context.history()).toHaveLength(2);
  });

  it("does not store the prompt twice if the caller sends it again", async () => {
    const context = new MemoryContextStore();
    const errors = [new AxioError("server", "Broken."), new Error("Broken.")];
    const agent = new Agent({ transport: new ScriptedTransport([...errors, textAnswer("Hello.")]) });
    for (const _error of errors) await failure(agent.run("Hi", { context }));
    await agent.run("Hi", { context });
    expect((await context.history()).map(messageText)).toEqual(["Hi", "Hello."]);
  });

  it.each([
    "unsupported-content",
    "context-length",
    "request-too-large",
    "content-policy",
    "invalid-request",
  ] as const)(
    "does not keep a prompt that was refused as %s, so that the conversation can go on",
    async (code) => {
      const context = new MemoryContextStore();
      const transport = new ScriptedTransport([new AxioError(code, "Refused.")]);
      await failure(new Agent({ transport }).run("Hi", { context }));
      expect(await context.history()).toEqual([]);
    },
  );

  it("keeps the prompt if the tools cannot be selected, and reports the run's error if the store fails", async () => {
    const context = new MemoryContextStore();
    const selector = () => {
      throw new Error("no tools");
    };
    const agent = new Agent({ transport: new ScriptedTransport([]), selector });
    await failure(agent.run("Hi", { context }));
    expect(await context.history()).toEqual([userMessage("Hi")]);
    const broken = Object.assign(new MemoryContextStore(), {
      append: () => Promise.reject(new Error("disk full")),
    });
    const failing = new Agent({ transport: new ScriptedTransport([new Error("boom")]) });
    expect(await failure(failing.run("Hi", { context: broken }))).toMatchObject({ message: "boom" });
  });
});
