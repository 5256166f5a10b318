import { type Block, userMessage } from "axio";
import { chatRecordings, requestJudge } from "test-support/chat-fixtures";
import { blocksIn, endIn } from "test-support/decode-response";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { buildChatBody, createChatDecoder, DIALECTS } from "../src/index.ts";
import { decodeChat, shown } from "./decode-chat.ts";
import { EXPECTED } from "./expected-responses.ts";

const all = chatRecordings();
const FAILED = ["openrouter_stream_error.0.sse", "tool_use_failed_error_streaming.0.sse"];
const succeeded = all.filter(({ name }) => !FAILED.includes(name));

function recording(name: string): readonly string[] {
  const found = all.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no recording ${name}.`);
  return found.data;
}

function decodeParts(data: readonly string[]) {
  const events = decodeChat(data);
  return { events, blocks: blocksIn(events), end: endIn(events) };
}

/** A block in one line. */
function brief(block: Block): string {
  switch (block.type) {
    case "text":
    case "reasoning":
      return `${block.type}: ${block.text}`;
    case "tool-use":
      return `${block.name} ${JSON.stringify(block.input)}`;
    default:
      return block.type;
  }
}

const NONE = { cachedInputTokens: 0, reasoningTokens: 0 };

describe("recorded streams", needs(RECORDINGS), () => {
  test("are all covered here", () => {
    expect(all.length).toBe(EXPECTED.length + FAILED.length);
  });

  test.each(EXPECTED)("$name: $stopReason", ({ name, stopReason, usage, blocks, model }) => {
    const { blocks: decoded, end } = decodeParts(recording(name));
    expect(decoded.map(brief)).toEqual(blocks);
    expect(end).toMatchObject({ stopReason, usage, model });
    const ids = recording(name).flatMap((text) => (text === "[DONE]" ? [] : [JSON.parse(text).id]));
    expect(end.responseId).toBe(ids.find((id) => id !== ""));
  });

  test("an error after a finish reason fails the response", () => {
    expect(() =>
      decodeChat(recording("openrouter_stream_error.0.sse"), { dialect: DIALECTS.openrouter }),
    ).toThrow(
      expect.objectContaining({
        code: "invalid-request",
        retryable: false,
        message: expect.stringContaining("Token limit reached"),
        details: { status: 400 },
      }),
    );
  });

  test("a tool call that does not fit the schema can be sampled again", () => {
    expect(() =>
      decodeChat(recording("tool_use_failed_error_streaming.0.sse"), { dialect: DIALECTS.groq }),
    ).toThrow(
      expect.objectContaining({
        code: "output-mismatch",
        retryable: true,
        details: { status: 400, peerCode: "tool_use_failed" },
      }),
    );
  });

  test("sources are on the text that cites them", () => {
    const [search] = decodeParts(recording("openrouter_web_search_annotations_stream.0.sse")).blocks;
    expect(search).toMatchObject({
      sources: [
        {
          url: "https://github.com/pydantic/pydantic-ai",
          title: "AI Agent Framework, the Pydantic way - GitHub",
        },
        { url: "https://pydantic.dev/pydantic-ai" },
        { url: "https://github.com/pydantic/pydantic-ai/releases/tag/v2.0.0", title: "v2.0.0 (2026-06-23)" },
        expect.anything(),
        expect.anything(),
      ],
    });
    // Offsets of 0 to 0 say nothing.
    expect(JSON.stringify(search)).not.toContain('"start"');
    const [citations] = decodeParts(recording("perplexity-citations.jsonl")).blocks;
    expect(citations).toMatchObject({ sources: { length: 7 } });
  });

  test("reasoning keeps its details, merged into the items that go back", () => {
    const [reasoning] = decodeParts(recording("openrouter_streaming_reasoning.0.sse")).blocks;
    expect(reasoning?.providerData).toEqual({
      chat: {
        details: [
          {
            type: "reasoning.text",
            text: "This is a simple arithmetic question. 2+2 equals 4.",
            format: "anthropic-claude-v1",
            index: 0,
            signature: expect.stringMatching(/^Et0BCkg/),
          },
        ],
      },
    });
  });

  test.each(succeeded)("$name: the deltas show what the blocks hold", ({ data }) => {
    const { events } = decodeParts(data);
    const texts = shown(events);
    for (const event of events) {
      if (event.type !== "block-end") continue;
      const { block } = event;
      if (block.type === "text" || block.type === "reasoning")
        expect(texts.get(event.index)).toBe(block.text);
      if (block.type === "tool-use")
        expect(texts.get(event.index)).toBe(block.inputText ?? JSON.stringify(block.input));
    }
  });

  test.each(succeeded)("$name: parsed chunks give the same events as text", ({ data }) => {
    const parsed = data.map((text) => (text === "[DONE]" ? text : JSON.parse(text)));
    expect(decodeChat(parsed)).toEqual(decodeChat(data));
  });

  test.each(succeeded)("$name: cut before its end it is truncated, and gives no end", ({ name, data }) => {
    const finished = data.findIndex(
      (text) => /"finish_reason":"\w/.test(text) || (name.startsWith("snowflake") && text === "[DONE]"),
    );
    for (let length = 0; length <= finished; length++) {
      const decoder = createChatDecoder();
      const out: unknown[] = [];
      expect(() => {
        for (const text of data.slice(0, length)) decoder.decode(text, out as []);
        decoder.end(out as []);
      }).toThrow(expect.objectContaining({ code: "stream-truncated", retryable: true }));
      expect(out).not.toContainEqual(expect.objectContaining({ type: "step-end" }));
      expect(out).not.toContainEqual(
        expect.objectContaining({ block: expect.objectContaining({ type: "tool-use" }) }),
      );
    }
  });

  test.each(succeeded)("$name: without usage and [DONE] the finish reason is enough", ({ name, data }) => {
    if (name.startsWith("snowflake")) return;
    const bare = data
      .filter((text) => text !== "[DONE]")
      .map((text) => ({ ...JSON.parse(text), usage: undefined, x_groq: undefined }));
    const expected = decodeParts(data);
    const { blocks, end } = decodeParts(bare as never);
    expect(blocks).toEqual(expected.blocks);
    expect(end.stopReason).toBe(expected.end.stopReason);
    expect(end.usage).toEqual({ inputTokens: 0, outputTokens: 0, ...NONE });
  });

  test.each(succeeded)("$name: stray members and repeated roles change nothing", ({ data }) => {
    const noisy = data.map((text) => {
      if (text === "[DONE]") return text;
      const value = JSON.parse(text);
      for (const choice of value.choices) {
        choice.delta = { role: "assistant", ...choice.delta, refusal: "", stray: null, channel: "final" };
        choice.logprobs = { content: [], refusal: null };
      }
      return JSON.stringify({ ...value, obfuscation: "x", service_tier: "", error: null });
    });
    expect(decodeChat(noisy)).toEqual(decodeChat(data));
  });

  test.each(succeeded)(
    "$name: long texts are the same, whether their chunks are parsed or read",
    ({ data }) => {
      // More deltas than the decoder parses before it reads them without parsing.
      const long = data.flatMap((text) =>
        /"content":"[^"]/.test(text) ? Array.from({ length: 60 }, () => text) : [text],
      );
      const parsed = long.map((text) => (text === "[DONE]" ? text : JSON.parse(text)));
      expect(decodeChat(long)).toEqual(decodeChat(parsed));
    },
  );

  test.each(succeeded)("$name: goes back in a request that OpenAI's description accepts", ({ data }) => {
    const judge = requestJudge();
    const content = JSON.parse(JSON.stringify(decodeParts(data).blocks));
    const messages = [userMessage("Go"), { role: "assistant" as const, content }, userMessage("Go on")];
    for (const dialect of Object.values(DIALECTS)) {
      const body = buildChatBody({ dialect, model: "gpt-4.1", system: "Be brief.", messages, tools: [] });
      if (dialect.reasoning.replay !== "content-parts" && dialect.requiredToolChoice !== "any")
        expect(judge(body), `${dialect.name}: ${JSON.stringify(body)}`).toBe("");
      const calls = body.messages.flatMap((message) =>
        "tool_calls" in message ? (message.tool_calls ?? []) : [],
      );
      const results = body.messages.filter(({ role }) => role === "tool");
      expect(results.length).toBe(calls.length);
    }
  });
});
