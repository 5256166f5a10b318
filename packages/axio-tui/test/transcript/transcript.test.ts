import { AxioError, type StreamEvent } from "axio";
import { reasoningBlock, stepEnd, textBlock, toolUseBlock } from "axio/testing";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/transcript/entries.ts";
import { historyEntries } from "../../src/transcript/from-history.ts";
import { allEntries, applyEvents, EMPTY_TRANSCRIPT } from "../../src/transcript/transcript.ts";

function entriesAfter(...events: readonly StreamEvent[]): readonly Entry[] {
  return allEntries(applyEvents(EMPTY_TRANSCRIPT, events));
}

const END: StreamEvent = {
  type: "run-end",
  reason: "end",
  steps: 1,
  usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 },
};

describe("applyEvents", () => {
  it("keeps what a tool had said when it was stopped", () => {
    const entries = entriesAfter(
      ...toolUseBlock("c", "shell", { command: "make" }),
      stepEnd("tool-use"),
      { type: "tool-output-delta", toolCallId: "c", name: "shell", delta: "step 1\n" },
      { ...END, reason: "aborted" },
    );
    expect(entries).toMatchObject([{ state: "failed", result: "step 1\nInterrupted." }]);
  });

  it("lets a text grow, and puts the whole block in its place", () => {
    const [delta, ...rest] = textBlock("Hello there");
    if (delta === undefined) throw new Error("There is no delta.");
    expect(entriesAfter(delta)).toMatchObject([{ kind: "text", text: "Hello ", isLive: true }]);
    expect(entriesAfter(delta, ...rest)).toMatchObject([
      { kind: "text", text: "Hello there", isLive: false },
    ]);
  });

  it("gives the same whether events come one by one or together", () => {
    const events = [
      ...reasoningBlock("Hm."),
      ...textBlock("So.", 1),
      ...toolUseBlock("c", "read", { path: "a" }, 2),
      stepEnd("tool-use"),
    ];
    const strip = (entries: readonly Entry[]) => entries.map(({ id: _id, ...entry }) => entry);
    const single = events.reduce((transcript, event) => applyEvents(transcript, [event]), EMPTY_TRANSCRIPT);
    expect(strip(allEntries(single))).toEqual(strip(entriesAfter(...events)));
  });

  it("keeps the id of an entry as it grows, so that only it is laid out again", () => {
    const [first, second] = textBlock("one two");
    if (first === undefined || second === undefined) throw new Error("There are no deltas.");
    const one = applyEvents(EMPTY_TRANSCRIPT, [first]);
    const two = applyEvents(one, [second]);
    expect(allEntries(two)[0]?.id).toBe(allEntries(one)[0]?.id);
  });

  it("discards the blocks of a failed request, and shows the retry until the next event", () => {
    const error = new AxioError("network", "The connection broke.");
    const retry: StreamEvent = { type: "retry", attempt: 1, delayMs: 500, error, discardedBlocks: [0] };
    const before = entriesAfter(...textBlock("Half"), retry);
    expect(before).toMatchObject([{ kind: "retry", attempt: 1 }]);
    expect(entriesAfter(...textBlock("Half"), retry, ...textBlock("Whole"))).toMatchObject([
      { kind: "text", text: "Whole" },
    ]);
  });

  it("keeps earlier responses of the run when a later request is retried", () => {
    const error = new AxioError("network", "The connection broke.");
    const entries = entriesAfter(
      ...textBlock("First call."),
      stepEnd("tool-use"),
      ...textBlock("Half"),
      { type: "retry", attempt: 1, delayMs: 0, error, discardedBlocks: [0] },
      ...textBlock("Second call."),
    );
    expect(entries).toMatchObject([{ text: "First call." }, { text: "Second call." }]);
  });

  it("shows a tool call from its first letter to its result", () => {
    const call = toolUseBlock("c1", "read", { path: "a.ts" });
    expect(entriesAfter(...call.slice(0, 2))).toMatchObject([
      { kind: "tool", state: "writing", inputText: '{"path":"a.ts"}' },
    ]);
    const running = [...call, stepEnd("tool-use")];
    expect(entriesAfter(...running)).toMatchObject([{ state: "running", input: { path: "a.ts" } }]);
    const output: StreamEvent = { type: "tool-output-delta", toolCallId: "c1", name: "read", delta: "10 %" };
    expect(entriesAfter(...running, output)).toMatchObject([{ state: "running", output: "10 %" }]);
    const result: StreamEvent = {
      type: "tool-result",
      toolCallId: "c1",
      name: "read",
      result: {
        type: "tool-result",
        toolCallId: "c1",
        content: [
          { type: "text", text: "content" },
          { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AAAA" } },
        ],
      },
    };
    expect(entriesAfter(...running, output, result)).toMatchObject([
      { state: "done", result: "content", attachments: ["picture (image/png, 3 bytes)"] },
    ]);
  });

  it("keeps only the end of a long output", () => {
    const running = [...toolUseBlock("c1", "tail", {}), stepEnd("tool-use")];
    const deltas = Array.from(
      { length: 1_000 },
      (_, index): StreamEvent => ({
        type: "tool-output-delta",
        toolCallId: "c1",
        name: "tail",
        delta: `${"x".repeat(99)}${index}\n`,
      }),
    );
    const [entry] = entriesAfter(...running, ...deltas);
    if (entry?.kind !== "tool") throw new Error("There is no tool.");
    expect(entry.output.length).toBeLessThan(20_000);
    expect(entry.output).toContain("999\n");
  });

  it("leaves no tool running when the run ends", () => {
    const entries = entriesAfter(...toolUseBlock("c1", "sleep", {}), stepEnd("tool-use"), {
      ...END,
      reason: "aborted",
    });
    expect(entries).toMatchObject([{ kind: "tool", state: "failed", result: "Interrupted." }]);
  });

  it("shows hosted searches with their query", () => {
    const entries = entriesAfter(
      { type: "hosted-tool-start", index: 0, name: "web-search" },
      {
        type: "block-end",
        index: 0,
        block: { type: "hosted-tool", name: "web-search", status: "completed", input: { query: "axio" } },
      },
    );
    expect(entries).toMatchObject([{ kind: "hosted-tool", detail: "axio", isLive: false }]);
  });

  it("shows nothing for reasoning without text", () => {
    expect(entriesAfter({ type: "block-end", index: 0, block: { type: "reasoning", text: "" } })).toEqual([]);
  });
});

describe("historyEntries", () => {
  it("returns the entries that were shown during the run", () => {
    const entries = historyEntries([
      {
        role: "user",
        content: [
          { type: "text", text: "Read it." },
          { type: "text", text: '<file path="notes.md">\nlong\n</file>' },
        ],
      },
      { role: "assistant", content: [{ type: "tool-use", id: "c1", name: "read", input: { path: "a" } }] },
      { role: "user", content: [{ type: "tool-result", toolCallId: "c1", content: "gone", isError: true }] },
      { role: "assistant", content: [{ type: "text", text: "It is gone." }] },
    ]);
    expect(entries).toMatchObject([
      { kind: "user", text: "Read it.", attachments: ["notes.md"] },
      { kind: "tool", state: "failed", result: "gone" },
      { kind: "text", text: "It is gone." },
    ]);
  });
});
