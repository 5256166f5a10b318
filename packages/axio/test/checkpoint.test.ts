import { Agent, AxioError, defineTool, MemoryContextStore, type Message, userMessage } from "axio";
import { reasoningBlock, ScriptedTransport, stepEnd, textAnswer, textBlock, toolUse } from "axio/testing";
import { expect, it } from "vitest";

/** A store that keeps what would survive a crash at each moment. */
class CrashStore extends MemoryContextStore {
  readonly checkpoints: (readonly Message[])[] = [];

  async checkpoint(messages: readonly Message[]): Promise<void> {
    this.checkpoints.push(messages);
  }

  /** The state after a crash: the history, and the last checkpoint unless messages were appended after it. */
  texts(): string {
    return JSON.stringify(this.checkpoints.at(-1));
  }
}

const NOTE = {
  type: "text",
  text: "[Interrupted before this answer was complete: the program ended.]",
  interrupted: true,
};

it("stores the prompt before the request, and each block and result before it is shown", async () => {
  const tool = defineTool({
    name: "add",
    description: "",
    inputSchema: { type: "object" },
    execute: () => "the sum",
  });
  const transport = new ScriptedTransport([
    [
      ...reasoningBlock("Hm.", 0),
      ...textBlock("I add.", 1),
      { type: "block-end", index: 2, block: toolUse("1", "add", {}) },
      stepEnd("tool-use"),
    ],
    textAnswer("Done."),
  ]);
  const context = new CrashStore();
  const missing: string[] = [];
  for await (const event of new Agent({ transport, tools: [tool] }).runStream("Hi", { context })) {
    const kept = context.texts() + JSON.stringify(await context.history());
    if (!kept.includes('"Hi"')) missing.push("the prompt");
    if (event.type === "block-end" && event.block.type === "text" && !kept.includes(event.block.text))
      missing.push(event.block.text);
    if (event.type === "tool-result" && !kept.includes("the sum")) missing.push("the sum");
  }
  expect(missing).toEqual([]);
  expect(context.checkpoints[0]).toEqual([userMessage("Hi"), { role: "assistant", content: [NOTE] }]);
});

it("marks what is not complete, and leaves out reasoning at the end", async () => {
  const transport = new ScriptedTransport([
    [...textBlock("Whole.", 0), ...reasoningBlock("Hm.", 1), stepEnd()],
  ]);
  const context = new CrashStore();
  await new Agent({ transport }).run("Hi", { context });
  expect(context.checkpoints.at(-1)).toEqual([
    userMessage("Hi"),
    { role: "assistant", content: [{ type: "text", text: "Whole." }, NOTE] },
  ]);
});

it("keeps nothing of a failed run but what it stores", async () => {
  const transport = new ScriptedTransport([new AxioError("invalid-request", "No.")]);
  const context = new CrashStore();
  await new Agent({ transport }).run("Hi", { context }).catch(() => undefined);
  expect(context.checkpoints.at(-1)).toEqual([]);
});

it("goes on if a checkpoint fails", async () => {
  const context = new CrashStore();
  context.checkpoint = () => Promise.reject(new Error("The disk is full."));
  const { text } = await new Agent({ transport: new ScriptedTransport([textAnswer("Hello.")]) }).run("Hi", {
    context,
  });
  expect(text).toBe("Hello.");
});
