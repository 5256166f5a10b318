import { type Block, userMessage } from "axio";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { factsOf } from "../src/models/find-facts.ts";
import { buildMessagesBody } from "../src/request/body.ts";
import { hostRules } from "../src/request/host-rules.ts";
import { decodeMessages, decodeParts } from "./support/decode.ts";
import { messagesRecordings, requestJudge } from "./support/fixtures.ts";

const all = messagesRecordings();
const judge = requestJudge();

function recording(name: string) {
  const found = all.find((candidate) => candidate.name.startsWith(name));
  if (found === undefined) throw new Error(`There is no recording ${name}.`);
  return decodeParts(found.events);
}

/** A block in one line. */
function brief(block: Block): string {
  switch (block.type) {
    case "text":
      return `text: ${block.text.slice(0, 30)}`;
    case "reasoning":
      return `reasoning: ${block.text.slice(0, 30)}`;
    case "tool-use":
      return `${block.name} ${JSON.stringify(block.input)}`;
    case "hosted-tool":
      return `${block.name} ${block.status}`;
    case "opaque":
      return `(${block.kind})`;
    default:
      return block.type;
  }
}

describe("recorded streams", needs(RECORDINGS), () => {
  test("decode to blocks, a stop reason and usage", () => {
    const shown = all.map(({ name, events }) => {
      const { blocks, end } = decodeParts(events);
      const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = end.usage;
      return {
        name,
        blocks: blocks.map(brief),
        stop: end.peerReason === undefined ? end.stopReason : `${end.stopReason} (${end.peerReason})`,
        usage: [inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens].join(" "),
        context: end.contextTokens,
        model: end.model,
      };
    });
    expect(shown).toMatchSnapshot();
  });

  test("the tokens of a compaction count, and the size of the conversation is that of the last message", () => {
    expect(recording("anthropic_compaction").end).toMatchObject({
      usage: { inputTokens: 281 + 55_096, cachedInputTokens: 55_096, outputTokens: 91 },
      contextTokens: 189,
    });
  });

  test("usage of the last event replaces that of the first", () => {
    expect(recording("anthropic-message-delta-input-tokens").end.usage).toMatchObject({
      inputTokens: 61,
      outputTokens: 2,
    });
    expect(recording("anthropic-mcp").end.usage.inputTokens).toBe(1250);
  });

  test("a message that a gateway starts again discards what came before", () => {
    const { events, blocks } = recording("anthropic-spliced");
    expect(events.filter(({ type }) => type === "retry")).toEqual([
      expect.objectContaining({ discardedBlocks: [0, 1], delayMs: 0 }),
    ]);
    expect(blocks.map(brief)).toEqual([
      "reasoning: Let me call the tool.",
      'test-tool {"value":"Sparkle Day"}',
    ]);
  });

  test("a refusal is text that says why", () => {
    expect(recording("anthropic-refusal")).toMatchObject({
      end: { stopReason: "refusal" },
      blocks: [{ type: "text", refusal: true, text: expect.stringContaining("violative cyber content") }],
    });
  });

  test("a tool call without arguments has an empty input", () => {
    const { blocks } = recording("anthropic-tool-no-args");
    expect(blocks.at(-1)).toMatchObject({ type: "tool-use", name: "updateIssueList", input: {} });
  });

  test("citations are the sources of the text that cites", () => {
    const { blocks } = recording("anthropic_text_parts_ahead");
    const cited = blocks.find((block) => block.type === "text" && block.sources !== undefined);
    expect(cited).toMatchObject({
      sources: [
        {
          url: "https://www.thefactsite.com/day/september-18/",
          title: expect.stringContaining("September 18"),
        },
      ],
      providerData: { anthropic: { members: { citations: [{ type: "web_search_result_location" }] } } },
    });
    expect(blocks.find(({ type }) => type === "hosted-tool")).toMatchObject({
      name: "web-search",
      status: "completed",
      sources: expect.arrayContaining([{ url: expect.any(String), title: expect.any(String) }]),
    });
  });

  test.each(all)("$name: blocks are numbered from 0, and each block that ends has begun", ({ events }) => {
    const decoded = decodeMessages(events);
    const last = decoded.slice(decoded.findLastIndex(({ type }) => type === "retry") + 1);
    const indexes = new Set(last.flatMap((event) => ("index" in event ? [event.index] : [])));
    const ended = last.flatMap((event) => (event.type === "block-end" ? [event.index] : []));
    expect([...indexes].sort((left, right) => left - right)).toEqual(
      [...indexes.keys()].map((_, index) => index),
    );
    expect(ended.sort((left, right) => left - right)).toEqual(
      [...indexes].sort((left, right) => left - right),
    );
  });

  test.each(all)("$name: the deltas show what the blocks hold", ({ events }) => {
    const decoded = decodeMessages(events);
    const last = decoded.slice(decoded.findLastIndex(({ type }) => type === "retry") + 1);
    const shown = new Map<number, string>();
    for (const event of last) {
      if ("delta" in event) shown.set(event.index, (shown.get(event.index) ?? "") + event.delta);
      if (event.type !== "block-end") continue;
      const { block, index } = event;
      if (block.type === "text" || block.type === "reasoning")
        expect(shown.get(index) ?? "").toBe(block.text);
      if (block.type === "tool-use") {
        expect(shown.get(index)).toBe(block.inputText ?? JSON.stringify(block.input));
      }
    }
  });

  test.each(all)("$name: as text it gives the same events", ({ events }) => {
    expect(JSON.stringify(decodeMessages(events.map((event) => JSON.stringify(event))))).toBe(
      JSON.stringify(decodeMessages(events)),
    );
  });

  test.each(all)("$name: cut anywhere before its end it is truncated", ({ events }) => {
    for (let length = 0; length < events.length; length++) {
      expect(() => decodeMessages(events.slice(0, length))).toThrow(
        expect.objectContaining({ code: "stream-truncated", retryable: true }),
      );
    }
  });

  test.each(all)("$name: unknown events, deltas and members change nothing", ({ events }) => {
    const noisy = events.flatMap((event, index) => [
      { type: "ping" },
      { type: "content_block_thought", index: 0, note: index },
      event,
      { type: "content_block_delta", index: 99, delta: { type: "odd_delta", odd: 1 } },
      "[DONE]",
    ]);
    expect(JSON.stringify(decodeMessages(noisy))).toBe(JSON.stringify(decodeMessages(events)));
  });

  test.each(all)("$name: without the ends of its blocks it is the same, but for open calls", ({ events }) => {
    const open = events.filter(({ type }) => type !== "content_block_stop");
    const calls = JSON.stringify(decodeParts(events).blocks.filter(({ type }) => type === "tool-use"));
    if (calls !== "[]") return;
    expect(JSON.stringify(decodeParts(open).blocks)).toBe(JSON.stringify(decodeParts(events).blocks));
  });

  test.each(all)("$name: long texts are the same, whether their events are parsed or read", ({ events }) => {
    // More deltas than the decoder parses before it reads them without parsing.
    const long = events.flatMap((event) =>
      JSON.stringify(event["delta"])?.includes("text_delta")
        ? Array.from({ length: 60 }, () => event)
        : [event],
    );
    expect(decodeMessages(long.map((event) => JSON.stringify(event)))).toEqual(decodeMessages(long));
  });

  test.each(all)("$name: goes back in a request that the API's description accepts", ({ events }) => {
    const content = JSON.parse(JSON.stringify(decodeParts(events).blocks)) as readonly Block[];
    for (const id of ["claude-sonnet-4-5", "claude-sonnet-5-5"]) {
      const { body } = buildMessagesBody({
        model: id,
        facts: factsOf({ id, capabilities: [] }),
        rules: hostRules(true),
        system: "Be brief.",
        messages: [userMessage("Go"), { role: "assistant", content }, userMessage("Go on")],
        tools: [],
        now: 0,
      });
      expect(judge(body), JSON.stringify(body)).toBe("");
    }
  });
});
