import { AxioError, ModelRegistry, type ModelSpec } from "axio";
import { textAnswer, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { askingTool, openHeadless, readRun } from "../support/headless.ts";

const prompt = (text: string) => [{ type: "text" as const, text }];
const call = (command: string) => toolAnswer(toolUse("c1", "shell", { command }));

describe("a conversation without a terminal", () => {
  it("passes the events of the agent on, between run-start and result", async () => {
    const { conversation } = await openHeadless({ answers: [textAnswer("Hello.")] });
    const { events, result } = await readRun(conversation.run(prompt("Hi")));
    expect(events.map(({ type }) => type)).toEqual([
      "run-start",
      "text-delta",
      "block-end",
      "step-end",
      "run-end",
      "result",
    ]);
    expect(result).toMatchObject({ text: "Hello.", endReason: "end", steps: 1, denied: [] });
    expect(events[0]).toMatchObject({ sessionId: result.sessionId, provider: "scripted", model: "scripted" });
    expect(await conversation.session?.history()).toHaveLength(2);
  });

  it("learns the account's models first if the model or the effort depends on them", async () => {
    const { conversation, transports } = await openHeadless({
      answers: [textAnswer("Hello.")],
      models: [{ id: "guess", capabilities: ["text"] }],
      start: { effort: "high" },
    });
    const model: ModelSpec = { id: "newest", capabilities: ["text"], efforts: ["low", "high"] };
    const [transport] = transports;
    const fetchModels = async () => {
      const models = new ModelRegistry([model]);
      Object.assign(transport ?? {}, { model, models });
      return models;
    };
    Object.assign(transport ?? {}, { fetchModels });
    const { events } = await readRun(conversation.run(prompt("Hi")));
    expect(events[0]).toMatchObject({ type: "run-start", model: "newest", effort: "high" });
    expect(transport?.requests[0]?.reasoning).toMatchObject({ effort: "high" });
  });

  it("uses what is known if the models cannot be learned", async () => {
    const { conversation, transports } = await openHeadless({ answers: [textAnswer("Hello.")] });
    Object.assign(transports[0] ?? {}, { fetchModels: () => Promise.reject(new Error("offline")) });
    expect((await readRun(conversation.run(prompt("Hi")))).result.text).toBe("Hello.");
  });

  it("says if the model does not have the reasoning effort", async () => {
    const { conversation } = await openHeadless({
      answers: [textAnswer("Hello.")],
      start: { effort: "extreme" },
    });
    const { events } = await readRun(conversation.run(prompt("Hi")));
    expect(events.find(({ type }) => type === "notice")).toMatchObject({
      message: expect.stringMatching(/"extreme".*low, medium, high/),
    });
  });

  it("denies what no rule allows at once, and reports it", async () => {
    const { conversation, transports } = await openHeadless({
      answers: [call("rm -r build"), textAnswer("It is not allowed.")],
      tools: askingTool(),
    });
    const { events, result } = await readRun(conversation.run(prompt("Clean up")));
    expect(result.denied).toMatchObject([
      { title: "Run a command", from: "local", isUnattended: true, subject: { command: "rm -r build" } },
    ]);
    expect(result.denied[0]?.rules).toEqual([expect.stringMatching(/^shell: rm/)]);
    expect(events.filter(({ type }) => type === "permission-denied")).toEqual(result.denied);
    expect(JSON.stringify(transports[0]?.requests[1]?.messages.at(-1))).toContain("no user can be asked");
  });

  it("asks its client, and goes on with the answer", async () => {
    const asked: string[] = [];
    const { conversation } = await openHeadless(
      { answers: [call("make"), textAnswer("Built.")], tools: askingTool() },
      {
        onRequest: async ({ request }) => {
          asked.push(request.title);
          return { type: "once" };
        },
      },
    );
    const { result } = await readRun(conversation.run(prompt("Build it")));
    expect(asked).toEqual(["Run a command"]);
    expect(result).toMatchObject({ text: "Built.", denied: [] });
  });

  it("takes a client that fails to answer as a no", async () => {
    const { conversation } = await openHeadless(
      { answers: [call("make"), textAnswer("No.")], tools: askingTool() },
      { onRequest: () => Promise.reject(new Error("gone")) },
    );
    const { result } = await readRun(conversation.run(prompt("Build it")));
    expect(result.denied).toMatchObject([{ isUnattended: false }]);
  });

  it("gives the model between two steps what is added during the run", async () => {
    const { conversation, transports } = await openHeadless(
      { answers: [call("make"), textAnswer("Built twice.")], tools: askingTool() },
      {
        onRequest: async () => {
          conversation.steer(prompt("Twice, please."));
          return { type: "once" };
        },
      },
    );
    const { events } = await readRun(conversation.run(prompt("Build it")));
    const last = transports[0]?.requests[1]?.messages.at(-1);
    expect(last).toMatchObject({ role: "user", content: [{ type: "text", text: "Twice, please." }] });
    expect(events.find(({ type }) => type === "prompt-added")).toBeDefined();
    expect((await conversation.session?.history())?.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "user",
      "assistant",
    ]);
  });

  it("answers in the same run what is added too late for a step", async () => {
    const { conversation } = await openHeadless({ answers: [textAnswer("One."), textAnswer("Two.")] });
    const types: string[] = [];
    let text = "";
    for await (const event of conversation.run(prompt("First"))) {
      types.push(event.type);
      if (event.type === "step-end" && !types.includes("prompt-added")) conversation.steer(prompt("Second"));
      if (event.type === "result") text = event.text;
    }
    expect(text).toBe("Two.");
    expect(types.filter((type) => type === "run-end")).toHaveLength(2);
  });

  it("reports the error of a run as its result", async () => {
    const { conversation } = await openHeadless({
      answers: [new AxioError("overloaded", "It is overloaded.")],
    });
    const { result } = await readRun(conversation.run(prompt("Hi")));
    expect(result).toMatchObject({ endReason: "error", error: { code: "overloaded" }, text: "" });
  });

  it("keeps what was shown of a run that is stopped, and stops if the reader leaves", async () => {
    const { conversation } = await openHeadless({
      answers: [
        async function* ({ signal }) {
          yield { type: "text-delta", index: 0, delta: "Half of" };
          await new Promise((resolve) => signal?.addEventListener("abort", resolve));
        },
      ],
    });
    for await (const event of conversation.run(prompt("Hi"))) if (event.type === "text-delta") break;
    expect(conversation.isRunning).toBe(false);
    expect(JSON.stringify(await conversation.session?.history())).toContain("Half of");
  });

  it("returns an object that fits the schema, or says how the text differs", async () => {
    const output = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };
    const { conversation } = await openHeadless({
      answers: [textAnswer('{"ok":true}'), textAnswer('{"ok":3}')],
    });
    expect((await readRun(conversation.run(prompt("Hi"), { output }))).result.object).toEqual({ ok: true });
    const { result } = await readRun(conversation.run(prompt("Hi"), { output }));
    expect(result).toMatchObject({ text: '{"ok":3}', object: undefined, error: { code: "output-mismatch" } });
  });

  it("stores nothing without sessions, and still remembers the conversation", async () => {
    const { conversation, transports } = await openHeadless(
      { answers: [textAnswer("Hello, Ada."), textAnswer("Ada.")] },
      { sessions: undefined },
    );
    const { result } = await readRun(conversation.run(prompt("I am Ada.")));
    expect(result.sessionId).toBeUndefined();
    await readRun(conversation.run(prompt("Who am I?")));
    expect(transports[0]?.requests[1]?.messages).toHaveLength(3);
  });

  it("continues a session, or a copy of it", async () => {
    const { conversation } = await openHeadless({ answers: [textAnswer("1"), textAnswer("2")] });
    const first = (await readRun(conversation.run(prompt("One")))).result.sessionId ?? "";
    const copy = await conversation.fork();
    await readRun(conversation.run(prompt("Two")));
    expect(await copy.history()).toHaveLength(4);
    expect(await (await conversation.resume(first)).history()).toHaveLength(2);
  });

  it("runs one prompt at a time", async () => {
    const { conversation } = await openHeadless({ answers: [textAnswer("1")] });
    const run = conversation.run(prompt("One"));
    await run.next();
    await expect(conversation.run(prompt("Two")).next()).rejects.toMatchObject({ code: "invalid-argument" });
    await run.return();
    expect(() => conversation.steer(prompt("x"))).toThrow(/no run/);
  });

  it("asks nothing of a user who is not signed in", async () => {
    await expect(openHeadless({ isSignedOut: true })).rejects.toMatchObject({ code: "unauthenticated" });
  });
});
