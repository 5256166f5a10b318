import type { JsonObject, TransportEvent } from "axio";
import { describe, expect, test } from "vitest";
import { classifyEvent } from "../src/errors/classify.ts";
import { decodeMessages, decodeParts, streamOf, text, thinking, toolUse } from "./support/decode.ts";

const dataOf = (block: JsonObject) => ({ anthropic: { block } });
const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };

describe("blocks", () => {
  test("thinking keeps its signature, also without text; redacted thinking its data", () => {
    const redacted = { start: { type: "redacted_thinking", data: "sealed" } };
    const { blocks } = decodeParts(streamOf([thinking("Hm", "sig_1"), thinking("", "sig_2"), redacted]), {
      origin: { origin: "here", prefix: "p" },
    });
    expect(blocks).toEqual([
      {
        type: "reasoning",
        text: "Hm",
        providerData: { anthropic: { signature: "sig_1", origin: "here", prefix: "p" } },
      },
      {
        type: "reasoning",
        text: "",
        providerData: { anthropic: { signature: "sig_2", origin: "here", prefix: "p" } },
      },
      {
        type: "reasoning",
        text: "",
        providerData: { anthropic: { redactedData: "sealed", origin: "here", prefix: "p" } },
      },
    ]);
  });

  test.each<[string, JsonObject, JsonObject]>([
    [
      "web-search",
      { name: "web_search" },
      {
        type: "web_search_tool_result",
        content: [{ type: "web_search_result", url: "https://a.test", title: "A", encrypted_content: "x" }],
      },
    ],
    [
      "web-fetch",
      { name: "web_fetch" },
      {
        type: "web_fetch_tool_result",
        content: { type: "web_fetch_result", url: "https://a.test", content: { title: "A" } },
      },
    ],
    [
      "code-interpreter",
      { name: "code_execution" },
      {
        type: "code_execution_tool_result",
        content: { type: "code_execution_result", stdout: "1", stderr: "", return_code: 0, content: [] },
      },
    ],
    [
      "code-interpreter",
      { name: "bash_code_execution" },
      { type: "bash_code_execution_tool_result", content: { stdout: "1", stderr: "2" } },
    ],
    [
      "code-interpreter",
      { name: "text_editor_code_execution" },
      { type: "text_editor_code_execution_tool_result", content: {} },
    ],
    [
      "tool-search",
      { name: "tool_search_tool_regex" },
      {
        type: "tool_search_tool_result",
        content: { tool_references: [{ type: "tool_reference", tool_name: "read" }] },
      },
    ],
    [
      "advisor",
      { name: "advisor" },
      { type: "advisor_tool_result", content: { type: "advisor_result", text: "Do." } },
    ],
    [
      "mcp",
      { type: "mcp_tool_use", name: "echo", server_name: "s" },
      { type: "mcp_tool_result", is_error: true, content: [{ type: "text", text: "No." }] },
    ],
  ])("the hosted tool %s: %j", (name, call, result) => {
    const started = { ...search, ...call };
    const ended = { tool_use_id: "srvtoolu_1", ...result };
    const { blocks, events } = decodeParts(
      streamOf([
        { start: started, deltas: [{ type: "input_json_delta", partial_json: '{"q":1}' }] },
        { start: ended },
      ]),
    );
    expect(events.filter(({ type }) => type === "hosted-tool-start")).toEqual([
      { type: "hosted-tool-start", index: 0, name },
    ]);
    expect(blocks).toEqual([
      expect.objectContaining({
        type: "hosted-tool",
        name,
        status: result["is_error"] === true ? "failed" : "completed",
        providerData: dataOf({ ...started, input: { q: 1 } }),
      }),
      { type: "opaque", kind: result["type"], providerData: dataOf(ended) },
    ]);
  });

  test.each(["too_many_requests", "max_uses_exceeded", "unavailable"])(
    "a hosted tool that failed says so: %s",
    (code) => {
      const failed = {
        type: "web_search_tool_result",
        tool_use_id: "srvtoolu_1",
        content: { type: "web_search_tool_result_error", error_code: code },
      };
      const { blocks } = decodeParts(streamOf([{ start: search }, { start: failed }]));
      expect(blocks[0]).toMatchObject({ status: "failed", output: code });
    },
  );

  test.each<[string, JsonObject, readonly JsonObject[], JsonObject]>([
    ["container_upload", { type: "container_upload", file_id: "f" }, [], { file_id: "f" }],
    [
      "compaction",
      { type: "compaction", content: null },
      [{ type: "compaction_delta", content: "Sum.", encrypted_content: "x" }],
      { content: "Sum.", encrypted_content: "x" },
    ],
    ["fallback", { type: "fallback", from: { model: "a" }, to: { model: "b" } }, [], { to: { model: "b" } }],
    ["tool_addition", { type: "tool_addition", tool: { name: "t" } }, [], { tool: { name: "t" } }],
    [
      "hologram",
      { type: "hologram", light: "a", n: 1 },
      [
        { type: "light_delta", light: "b" },
        { type: "odd_delta", n: 2, more: true },
      ],
      { light: "ab", n: 2, more: true },
    ],
  ])("%s is kept whole", (kind, start, deltas, members) => {
    const { blocks } = decodeParts(streamOf([{ start, deltas }]));
    expect(blocks).toEqual([
      { type: "opaque", kind, providerData: { anthropic: { block: expect.objectContaining(members) } } },
    ]);
  });

  test("only citations with a URL are sources, and all go back", () => {
    const citations = [
      {
        type: "web_search_result_location",
        url: "https://a.test",
        title: "A",
        encrypted_index: "x",
        cited_text: "t",
      },
      { type: "char_location", document_index: 0, cited_text: "t" },
      {
        type: "web_search_result_location",
        url: "https://a.test",
        title: "A",
        encrypted_index: "y",
        cited_text: "u",
      },
    ];
    const deltas = [
      ...text("Cited").deltas,
      ...citations.map((citation) => ({ type: "citations_delta", citation })),
    ];
    expect(
      decodeParts(streamOf([{ start: { type: "text", text: "", citations: [] }, deltas }])).blocks,
    ).toEqual([
      {
        type: "text",
        text: "Cited",
        sources: [{ url: "https://a.test", title: "A" }],
        providerData: { anthropic: { members: { citations } } },
      },
    ]);
  });

  test("blocks whose events alternate are told apart", () => {
    const [start, ...rest] = streamOf([]);
    const delta = (index: number, value: string): JsonObject => ({
      type: "content_block_delta",
      index,
      delta: { type: "text_delta", text: value },
    });
    const begin = (index: number): JsonObject => ({
      type: "content_block_start",
      index,
      content_block: { type: "text", text: "" },
    });
    const { blocks } = decodeParts([
      start,
      begin(0),
      begin(1),
      delta(0, "a"),
      delta(1, "x"),
      delta(0, "b"),
      delta(1, "y"),
      ...rest,
    ]);
    expect(blocks).toEqual([
      { type: "text", text: "ab" },
      { type: "text", text: "xy" },
    ]);
  });
});

describe("stop reasons", () => {
  test.each([
    ["end_turn", "end", undefined],
    ["stop_sequence", "end", undefined],
    ["max_tokens", "max-output-tokens", undefined],
    ["refusal", "refusal", undefined],
    ["model_context_window_exceeded", "incomplete", "model_context_window_exceeded"],
    ["pause_turn", "incomplete", "pause_turn"],
    ["compaction", "incomplete", "compaction"],
    ["odd_reason", "incomplete", "odd_reason"],
  ])("%s: %s", (reason, stopReason, peerReason) => {
    const { end } = decodeParts(streamOf([text("Hi")], { stopReason: reason }));
    expect([end.stopReason, end.peerReason]).toEqual([stopReason, peerReason]);
  });

  test("a call makes it tool-use, and the last reason that is not null counts", () => {
    const events = streamOf([toolUse("a", "read", "{}")], { stopReason: "tool_use" });
    const later: JsonObject = {
      type: "message_delta",
      delta: { stop_reason: null },
      usage: { output_tokens: 9 },
    };
    const { end } = decodeParts([...events.slice(0, -1), later, ...events.slice(-1)]);
    expect([end.stopReason, end.usage.outputTokens]).toEqual(["tool-use", 9]);
  });

  test("an answer without content after tool results is an end", () => {
    expect(decodeParts(streamOf([])).end.stopReason).toBe("end");
  });

  test("a refusal without an explanation explains itself", () => {
    const { blocks } = decodeParts(streamOf([text("Par")], { stopReason: "refusal" }));
    expect(blocks).toMatchObject([
      { text: "Par" },
      { refusal: true, text: expect.stringContaining("refused") },
    ]);
  });
});

test("an error event fails the response, and the blocks before it are given out", () => {
  const out: TransportEvent[] = [];
  const good = streamOf([text("Hello")]);
  const error: JsonObject = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
  const classify = (event: JsonObject) => classifyEvent(event, "m", {});
  for (const events of [
    [error],
    [...good.slice(0, 3), error],
    [...good.slice(0, 1), { error: { type: "overloaded_error", message: "" } }],
  ]) {
    expect(() => out.push(...decodeMessages(events, { classify }))).toThrow(
      expect.objectContaining({ code: "overloaded", retryable: true }),
    );
  }
});

test("reasoning tokens and both lifetimes of written tokens are counted", () => {
  const usage = {
    input_tokens: 1,
    cache_creation_input_tokens: 5,
    cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 },
    output_tokens: 9,
    output_tokens_details: { thinking_tokens: 4 },
  };
  expect(decodeParts(streamOf([text("Hi")], { usage })).end.usage).toEqual({
    inputTokens: 6,
    cachedInputTokens: 0,
    cacheWriteTokens: 5,
    outputTokens: 9,
    reasoningTokens: 4,
  });
});
