import { AxioError, defineTool, messageText } from "axio";
import { stepEnd, textAnswer, textBlock, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { openProvider } from "../../src/conversation/active-provider.ts";
import { Conversation } from "../../src/conversation/conversation.ts";
import { ToolBox } from "../../src/conversation/tool-box.ts";
import { temporarySessions } from "../support/running-app.ts";
import { type AppSetup, MODEL, testOptions } from "../support/test-options.ts";

async function conversation(setup: AppSetup) {
  const options = testOptions(setup, setup.sessions ?? (await temporarySessions()));
  const toolBox = new ToolBox(options, () => undefined);
  await toolBox.open();
  const talk = new Conversation({ app: options, toolBox });
  const [plugin] = options.found.providers;
  if (plugin === undefined) throw new Error("There is no transport.");
  talk.use(await openProvider(plugin, options.hostFor("providers", "scripted"), {}));
  const texts = (): readonly string[] =>
    talk.state.transcript.committed.flatMap((entry) => ("text" in entry ? [entry.text] : []));
  return { talk, options, texts };
}

const LONG = "word ".repeat(4_000);

describe("Conversation", () => {
  it("stores the conversation, and counts its usage", async () => {
    const { talk, options } = await conversation({
      answers: [
        textAnswer("Hello.", {
          inputTokens: 900,
          cachedInputTokens: 0,
          outputTokens: 100,
          reasoningTokens: 0,
        }),
      ],
    });
    await talk.send("Hi");
    expect(talk.state).toMatchObject({ phase: "idle", contextTokens: 1_000, usage: { inputTokens: 900 } });
    expect((await options.sessions.list())[0]).toMatchObject({ id: talk.state.sessionId, messageCount: 2 });
  });

  it("shows an error, and continues with the next prompt", async () => {
    const { talk, texts } = await conversation({
      answers: [new AxioError("overloaded", "Overloaded.", { retryable: true }), textAnswer("Now.")],
    });
    await talk.send("Hi");
    expect(texts()).toEqual(["Hi", "Overloaded."]);
    await talk.send("Again");
    expect(texts().at(-1)).toBe("Now.");
  });

  it("shows a retry that has no event, until the response begins", async () => {
    const { talk, texts } = await conversation({ answers: [textAnswer("Hello.")] });
    const error = new AxioError("network", "There is no network.", { retryable: true });
    const retry = { attempt: 2, maxRetries: 3, delayMs: 500, error };
    talk.showRetry(retry);
    const running = talk.send("Hi");
    talk.showRetry(retry);
    talk.notify("info", "Still here.");
    expect(talk.state.transcript.live.map(({ entry }) => entry)).toMatchObject([
      { kind: "retry", attempt: 2, delayMs: 500, error },
    ]);
    await running;
    expect(talk.state.transcript.live).toEqual([]);
    expect(texts()).toEqual(["Hi", "Still here.", "Hello."]);
  });

  it("compacts on request, and undoes that without losing later messages", async () => {
    const { talk, options, texts } = await conversation({
      answers: [textAnswer(LONG), textAnswer("short"), textAnswer("The summary."), textAnswer("after")],
    });
    await talk.send("one");
    await talk.send("two");
    await talk.compact();
    expect(texts().at(-1)).toMatch(/^Compacted: a summary replaces 2 earlier messages/);
    const [summary] = (await talk.session?.history()) ?? [];
    expect(summary === undefined ? "" : messageText(summary)).toContain("The summary.");
    await talk.send("three");
    const compacted = talk.state.sessionId;
    await talk.undoCompaction();
    const restored = (await talk.session?.history()) ?? [];
    expect(restored.map(messageText)).toEqual(["one", LONG, "two", "short", "three", "after"]);
    expect(talk.state.sessionId).not.toBe(compacted);
    expect((await options.sessions.list()).map(({ id }) => id)).toContain(compacted);
    await talk.undoCompaction();
    expect(texts().at(-1)).toContain("no compaction to undo");
  });

  it("compacts automatically near the end of the context window", async () => {
    const usage = { inputTokens: 900, cachedInputTokens: 0, outputTokens: 50, reasoningTokens: 0 };
    const { talk, texts } = await conversation({
      models: [{ ...MODEL, contextWindow: 1_000 }],
      answers: [
        textAnswer(LONG.slice(0, 3_000)),
        [...textBlock("second"), stepEnd("end", usage)],
        textAnswer("The summary."),
      ],
    });
    await talk.send("one");
    await talk.send("two");
    expect(texts().some((text) => text.startsWith("Compacted:"))).toBe(true);
    await talk.undoCompaction();
    expect(texts().at(-1)).toContain("The compaction was undone");
  });

  it("compacts a single step that the service counts as too long, although its estimate fits", async () => {
    const { talk, texts } = await conversation({
      models: [{ ...MODEL, contextWindow: 16_000 }],
      tools: () => [
        defineTool({
          name: "dump",
          description: "",
          inputSchema: { type: "object", properties: {} },
          execute: () => "漢字".repeat(30_000),
        }),
      ],
      answers: [
        toolAnswer(toolUse("c1", "dump", {})),
        new AxioError("context-length", "Your input exceeds the context window of this model."),
        textAnswer("Now it fits."),
      ],
    });
    await talk.send("Dump it.");
    await talk.compact();
    expect(texts().at(-1)).toMatch(/^Long tool results were shortened for the model/);
    await talk.send("Go on.");
    expect(texts().at(-1)).toBe("Now it fits.");
    expect(JSON.stringify(await talk.session?.history()).length).toBeLessThan(10_000);
  });

  it("leaves no copy if a compaction fails or has no effect", async () => {
    const { talk, options, texts } = await conversation({
      answers: [textAnswer(LONG), textAnswer("short"), new AxioError("server", "It failed.")],
    });
    await talk.compact();
    expect(texts()).toEqual(["There is nothing to compact yet."]);
    await talk.send("one");
    await talk.send("two");
    await talk.compact();
    expect(texts().at(-1)).toBe("It failed.");
    expect(await options.sessions.list()).toHaveLength(1);
  });

  it("shows what another window has added to its session before the next prompt", async () => {
    const sessions = await temporarySessions();
    const one = await conversation({ sessions, answers: [textAnswer("a"), textAnswer("d")] });
    await one.talk.send("first");
    const two = await conversation({ sessions, answers: [textAnswer("b"), textAnswer("c")] });
    await two.talk.resume(one.talk.state.sessionId ?? "");
    await two.talk.send("second");
    await two.talk.send("third");
    expect(two.texts()).toEqual(["first", "a", "second", "b", "third", "c"]);
    await one.talk.send("fourth");
    expect(one.texts()).toEqual([
      ...["first", "a", "second", "b", "third", "c"],
      "This conversation was continued in another window. The messages above are from there.",
      ...["fourth", "d"],
    ]);
    await two.talk.fork();
    expect(two.texts().slice(-3)).toEqual([
      ...["fourth", "d"],
      "This conversation was continued in another window. The messages above are from there.",
    ]);
  });

  it("says if another window has changed what the screen shows", async () => {
    const sessions = await temporarySessions();
    const one = await conversation({
      sessions,
      answers: [textAnswer(LONG), textAnswer("b"), textAnswer("c")],
    });
    await one.talk.send("first");
    await one.talk.send("second");
    const two = await conversation({ sessions, answers: [textAnswer("The summary.")] });
    await two.talk.resume(one.talk.state.sessionId ?? "");
    await two.talk.compact();
    await one.talk.send("third");
    expect(one.texts().slice(-3)).toEqual([
      "This conversation was changed in another window: the model sees other messages than this screen.",
      "third",
      "c",
    ]);
  });

  it("does not take its own stopped or failed runs for those of another window", async () => {
    const { talk, texts } = await conversation({
      answers: [
        new AxioError("overloaded", "Overloaded.", { retryable: true }),
        toolAnswer(toolUse("c1", "missing", {})),
        new AxioError("overloaded", "Overloaded.", { retryable: true }),
        textAnswer("Now."),
      ],
    });
    await talk.send("one");
    await talk.send("two");
    await talk.send("three");
    expect(texts().join("\n")).not.toContain("another window");
  });

  it("forks into two independent sessions", async () => {
    const { talk, options } = await conversation({ answers: [textAnswer("a"), textAnswer("b")] });
    await talk.send("one");
    const first = talk.state.sessionId ?? "";
    expect(await talk.fork()).toBe(true);
    await talk.send("two");
    expect((await (await options.sessions.open(first)).history()).length).toBe(2);
    expect((await talk.session?.history())?.length).toBe(4);
  });

  it("starts a new session after a clear, and keeps the old one", async () => {
    const { talk, options } = await conversation({ answers: [textAnswer("a"), textAnswer("b")] });
    await talk.send("one");
    talk.clear();
    expect(talk.state.transcript.committed).toEqual([]);
    await talk.send("two");
    expect(await options.sessions.list()).toHaveLength(2);
  });

  it("returns queued prompts", async () => {
    let go: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { talk } = await conversation({
      answers: [
        async function* () {
          await blocked;
          yield* textAnswer("a");
        },
      ],
    });
    const running = talk.send("one");
    await talk.send("two");
    expect(talk.state.queued).toEqual(["two"]);
    expect(talk.takeQueued()).toEqual(["two"]);
    go();
    await running;
    expect(talk.state.queued).toEqual([]);
  });
});
