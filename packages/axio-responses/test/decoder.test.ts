import type { HostedToolBlock, JsonObject, JsonValue, TransportEvent } from "axio";
import { blocksIn, decodeAll, endIn } from "test-support/decode-response";
import { describe, expect, test } from "vitest";
import { buildRequestBody, createResponseDecoder, parseWireEvent } from "../src/index.ts";

const created = { type: "response.created", response: { id: "resp_1", model: "gpt-5.5" } };
const completed = { type: "response.completed", response: { id: "resp_1" } };

function added(output_index: number, item: JsonObject): JsonObject {
  return { type: "response.output_item.added", output_index, item };
}

function done(output_index: number, item: JsonObject): JsonObject {
  return { type: "response.output_item.done", output_index, item };
}

function textDelta(output_index: number, delta: JsonValue, content_index = 0): JsonObject {
  return { type: "response.output_text.delta", output_index, content_index, item_id: "msg", delta };
}

function message(...texts: readonly string[]): JsonObject {
  return {
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: texts.map((text) => ({ type: "output_text", text, annotations: [] })),
  };
}

function functionCall(call_id: string, args: string, status = "completed"): JsonObject {
  return {
    type: "function_call",
    id: `fc_${call_id}`,
    call_id,
    name: "get_weather",
    arguments: args,
    status,
  };
}

function withoutProviderData(out: readonly TransportEvent[]): readonly unknown[] {
  return blocksIn(out).map(({ providerData: _, ...block }) => block);
}

describe("items", () => {
  test("with arguments nested too deeply keep them as text, and do not overflow the stack", () => {
    const deep = `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    const out = decodeAll([
      created,
      added(0, functionCall("call_a", "")),
      done(0, functionCall("call_a", deep)),
      completed,
    ]);
    expect(withoutProviderData(out)).toMatchObject([{ type: "tool-use", input: null, inputText: deep }]);
  });

  test("that are concurrent are told apart by their index, not their ids", () => {
    const out = decodeAll([
      created,
      added(0, { ...message(), content: [] }),
      added(1, functionCall("call_a", "", "in_progress")),
      added(2, functionCall("call_b", "", "in_progress")),
      { type: "response.function_call_arguments.delta", output_index: 2, item_id: "same", delta: '{"b"' },
      textDelta(0, "Hel"),
      { type: "response.function_call_arguments.delta", output_index: 1, item_id: "same", delta: '{"a":1}' },
      textDelta(0, "lo"),
      { type: "response.function_call_arguments.delta", output_index: 2, item_id: "same", delta: ":2}" },
      done(2, functionCall("call_b", '{"b":2}')),
      done(0, message("Hello")),
      done(1, functionCall("call_a", '{"a":1}')),
      completed,
    ]);
    expect(withoutProviderData(out)).toEqual([
      { type: "text", text: "Hello" },
      { type: "tool-use", id: "call_a", name: "get_weather", input: { a: 1 } },
      { type: "tool-use", id: "call_b", name: "get_weather", input: { b: 2 } },
    ]);
    expect(out.filter((event) => event.type === "tool-input-delta")).toEqual([
      { type: "tool-input-delta", index: 2, toolCallId: "call_b", delta: '{"b"' },
      { type: "tool-input-delta", index: 1, toolCallId: "call_a", delta: '{"a":1}' },
      { type: "tool-input-delta", index: 2, toolCallId: "call_b", delta: ":2}" },
    ]);
    expect(endIn(out).stopReason).toBe("tool-use");
  });

  test("without index and id are told apart by their order", () => {
    const bare = ({ output_index: _, ...event }: JsonObject): JsonObject => event;
    const out = decodeAll([
      bare(done(0, functionCall("call_a", "{}"))),
      bare(done(0, functionCall("call_b", "{}"))),
      bare(textDelta(0, "Hi")),
      {
        type: "response.output_item.done",
        item: { type: "message", content: [{ type: "output_text", text: "Hi" }] },
      },
      completed,
    ]);
    expect(withoutProviderData(out)).toMatchObject([{ id: "call_a" }, { id: "call_b" }, { text: "Hi" }]);
  });

  test("with the same index are told apart all the same", () => {
    const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gA" };
    const out = decodeAll([
      added(0, reasoning),
      done(0, reasoning),
      added(0, functionCall("call_a", "")),
      done(0, functionCall("call_a", "{}")),
      done(0, functionCall("call_b", "{}")),
      completed,
    ]);
    expect(withoutProviderData(out)).toMatchObject([
      { type: "reasoning" },
      { id: "call_a" },
      { id: "call_b" },
    ]);
  });

  test("are taken from the final list only if they were not finished before", () => {
    const output = [message("One"), functionCall("call_a", "{}"), message("Two")];
    const out = decodeAll([
      textDelta(0, "One"),
      done(0, message("One")),
      added(1, functionCall("call_a", "")),
      { type: "response.completed", response: { id: "resp_1", output } },
    ]);
    expect(withoutProviderData(out)).toEqual([
      { type: "text", text: "One" },
      { type: "tool-use", id: "call_a", name: "get_weather", input: {} },
      { type: "text", text: "Two" },
    ]);
    expect(out.filter((event) => event.type === "text-delta").map(({ delta }) => delta)).toEqual([
      "One",
      "Two",
    ]);
  });

  test("of the final list are recognized by their ids, or else by their index", () => {
    const list = (...output: readonly JsonObject[]): JsonObject => ({
      type: "response.completed",
      response: { output },
    });
    const named = (id: string, text: string): JsonObject => ({ ...message(text), id });
    const reasoning = { type: "reasoning", id: "rs_1", summary: [] };
    const shorter = decodeAll([
      done(0, reasoning),
      done(1, named("a", "A")),
      list(named("a", "A"), named("b", "B")),
    ]);
    expect(withoutProviderData(shorter)).toMatchObject([{ type: "reasoning" }, { text: "A" }, { text: "B" }]);
    const renamed = decodeAll([done(1, named("b", "B")), list(named("x", "A"), named("y", "B"))]);
    expect(withoutProviderData(renamed)).toMatchObject([{ text: "B" }, { text: "A" }]);
  });

  test("have priority over their deltas", () => {
    const out = decodeAll([textDelta(0, "Helo"), done(0, message("Hello")), textDelta(0, "!"), completed]);
    expect(withoutProviderData(out)).toEqual([{ type: "text", text: "Hello" }]);
    expect(out.filter((event) => event.type === "text-delta")).toHaveLength(1);
  });

  test("a message of several parts is several blocks, and one message when it is sent back", () => {
    const citation = {
      type: "url_citation",
      url: "https://a.test",
      title: "A",
      start_index: 0,
      end_index: 3,
    };
    const item: JsonObject = {
      id: "msg_1",
      type: "message",
      status: "completed",
      content: [
        { type: "output_text", annotations: [citation, { ...citation, url: 1 }], text: "One" },
        { type: "refusal", refusal: "No" },
        { type: "output_audio", transcript: "hm" },
      ],
      phase: "commentary",
      role: "assistant",
    };
    const next: JsonObject = {
      ...item,
      content: [{ type: "output_text", text: "Two" }],
      phase: "final_answer",
    };
    const out = decodeAll([
      textDelta(0, "N", 1),
      textDelta(0, "O", 0),
      done(0, item),
      done(1, next),
      completed,
    ]);
    const blocks = out.filter((event) => event.type === "block-end");
    expect(blocks).toMatchObject([
      { index: 1, block: { type: "text", text: "One" } },
      { index: 0, block: { type: "text", text: "No", refusal: true } },
      { index: 2, block: { type: "opaque", kind: "output_audio" } },
      { index: 3, block: { type: "text", text: "Two" } },
    ]);
    const body = buildRequestBody({
      model: "m",
      system: "",
      tools: [],
      messages: [{ role: "assistant", content: blocks.map(({ block }) => block) }],
    });
    // The API takes no id twice.
    const { id: _, ...nextWithoutId } = next;
    // The API accepts neither parts of other types nor incomplete citations.
    const content = [
      { type: "output_text", annotations: [citation], text: "One" },
      { type: "refusal", refusal: "No" },
    ];
    expect(body.input).toEqual([
      { ...item, content },
      { ...nextWithoutId, id: expect.stringMatching(/^msg_1_[0-9a-f]+$/) },
    ]);
  });

  test("the paragraphs of reasoning are separated the same way in deltas and block", () => {
    const delta = (summary_index: number, text: string): JsonObject => ({
      type: "response.reasoning_summary_text.delta",
      output_index: 0,
      summary_index,
      delta: text,
    });
    const summary = ["First", "Second"].map((text) => ({ type: "summary_text", text }));
    const out = decodeAll([
      delta(0, "Fir"),
      delta(0, "st"),
      delta(1, "Second"),
      done(0, { type: "reasoning", id: "rs_1", summary }),
      completed,
    ]);
    const shown = out.filter((event) => event.type === "reasoning-delta").map((event) => event.delta);
    expect(shown.join("")).toBe("First\n\nSecond");
    expect(withoutProviderData(out)).toEqual([{ type: "reasoning", text: "First\n\nSecond" }]);
  });

  test("reasoning without a summary shows its plain text", () => {
    const out = decodeAll([
      { type: "response.reasoning_text.delta", output_index: 0, content_index: 0, delta: "Hm" },
      done(0, { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "Hm" }] }),
      completed,
    ]);
    expect(out[0]).toEqual({ type: "reasoning-delta", index: 0, delta: "Hm" });
    expect(withoutProviderData(out)).toEqual([{ type: "reasoning", text: "Hm" }]);
  });

  test("a call whose text is not JSON keeps its text", () => {
    const out = decodeAll([
      done(0, functionCall("a", '{"x":')),
      done(1, functionCall("b", "")),
      done(2, functionCall("c", '{ "x": 1 }')),
      done(3, { type: "function_call", name: "n", arguments: {} }),
      completed,
    ]);
    expect(blocksIn(out).map((block) => (block.type === "tool-use" ? block.input : "-"))).toEqual([
      null,
      {},
      { x: 1 },
      {},
    ]);
    expect(withoutProviderData(out)).toMatchObject([
      { id: "a", input: null, inputText: '{"x":' },
      { id: "b", input: {}, inputText: "" },
      { id: "c", input: { x: 1 }, inputText: '{ "x": 1 }' },
      { id: "call_3", input: {} },
    ]);
  });

  test("images are emitted as previews, then complete", () => {
    const item = {
      type: "image_generation_call",
      id: "ig_1",
      status: "completed",
      result: "UklG",
      output_format: "webp",
    };
    const out = decodeAll([
      added(0, { type: "image_generation_call", id: "ig_1", status: "in_progress" }),
      { type: "response.image_generation_call.partial_image", output_index: 0, partial_image_b64: "iVBO" },
      done(0, item),
      completed,
    ]);
    const source = { kind: "base64", data: "UklG" };
    expect(out.slice(0, 4)).toMatchObject([
      { type: "hosted-tool-start", index: 0, name: "image-generation" },
      { type: "image-output", index: 0, partial: true, image: { mediaType: "image/png" } },
      { type: "image-output", index: 0, image: { mediaType: "image/webp", source } },
      { type: "block-end", index: 0, block: { type: "image", mediaType: "image/webp", source } },
    ]);
  });

  test("of unknown types are kept whole", () => {
    const item = { type: "compaction", id: "cmp_1", encrypted_content: "gA" };
    const out = decodeAll([done(0, item), completed]);
    expect(blocksIn(out)).toEqual([
      { type: "opaque", kind: "compaction", providerData: { responses: { item } } },
    ]);
  });
});

describe("the end", () => {
  test("has usage, model and id, also if only the first event states them", () => {
    const usage = {
      input_tokens: 1200,
      input_tokens_details: { cached_tokens: 1024, cache_write_tokens: 0 },
      output_tokens: 80,
      output_tokens_details: { reasoning_tokens: 32 },
      total_tokens: 1280,
    };
    expect(decodeAll([created, { type: "response.completed", response: { usage } }])).toEqual([
      {
        type: "step-end",
        stopReason: "end",
        usage: { inputTokens: 1200, cachedInputTokens: 1024, outputTokens: 80, reasoningTokens: 32 },
        model: "gpt-5.5",
        responseId: "resp_1",
      },
    ]);
  });

  test.each([
    [{ usage: null }],
    [{ usage: { input_tokens: "1", output_tokens: -1, input_tokens_details: null } }],
  ])("counts missing usage as 0: %j", (response) => {
    expect(endIn(decodeAll([{ type: "response.done", response }])).usage).toEqual({
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
    });
  });

  test("is a refusal only if there is no other content", () => {
    const refusal = { ...message(), content: [{ type: "refusal", refusal: "No" }] };
    const reasoning = { type: "reasoning", summary: [] };
    expect(endIn(decodeAll([done(0, reasoning), done(1, refusal), completed])).stopReason).toBe("refusal");
    expect(endIn(decodeAll([done(0, message("But")), done(1, refusal), completed])).stopReason).toBe("end");
  });

  test.each([
    ["max_output_tokens", "max-output-tokens"],
    ["content_filter", "content-filter"],
    ["something_new", "incomplete"],
    [undefined, "incomplete"],
  ])("of an incomplete response states the reason: %s", (reason, stopReason) => {
    const response = { incomplete_details: reason === undefined ? null : { reason } };
    const out = decodeAll([done(0, message("Hal")), { type: "response.incomplete", response }]);
    expect(endIn(out).stopReason).toBe(stopReason);
    expect(withoutProviderData(out)).toEqual([{ type: "text", text: "Hal" }]);
  });

  test("of an incomplete response emits what was shown, and no partial call", () => {
    const half = functionCall("call_a", '{"path":"/', "incomplete");
    const running = functionCall("call_b", "{}", "in_progress");
    const out = decodeAll([
      added(0, { ...message(), status: "in_progress" }),
      textDelta(0, "Whole"),
      {
        type: "response.content_part.done",
        output_index: 0,
        content_index: 0,
        part: { type: "output_text", text: "Whole" },
      },
      textDelta(0, "Ha", 1),
      added(1, functionCall("call_a", "")),
      done(1, half),
      added(2, functionCall("call_b", "")),
      { type: "response.incomplete", response: { output: [half, running] } },
    ]);
    expect(withoutProviderData(out)).toEqual([
      { type: "text", text: "Whole" },
      { type: "text", text: "Ha" },
    ]);
    expect(endIn(out).stopReason).toBe("incomplete");
  });

  test("is the last event", () => {
    const decoder = createResponseDecoder();
    const out: TransportEvent[] = [];
    decoder.decode(completed, out);
    decoder.decode({ type: "response.failed", response: { error: { code: "server_error" } } }, out);
    decoder.decode(textDelta(0, "late"), out);
    expect(out).toHaveLength(1);
    expect(decoder.done).toBe(true);
    decoder.end();
  });
});

describe("failures", () => {
  test.each([
    [
      "a failed response",
      { type: "response.failed", response: { error: { code: "server_is_overloaded", message: "Busy" } } },
    ],
    [
      "a done response that failed",
      {
        type: "response.done",
        response: { status: "failed", error: { code: "slow_down", message: "Busy" } },
      },
    ],
    ["a flat error", { type: "error", code: "server_is_overloaded", message: "Busy", param: null }],
    ["a nested error", { type: "error", error: { type: "overloaded_error", code: null, message: "Busy" } }],
    ["a frame with a status", { type: "error", status_code: 503, error: { message: "Busy" } }],
  ])("%s throws, and earlier events stay", (_, event) => {
    const decoder = createResponseDecoder();
    const out: TransportEvent[] = [];
    decoder.decode(textDelta(0, "Hel"), out);
    expect(() => decoder.decode(event, out)).toThrow(
      expect.objectContaining({
        code: "overloaded",
        retryable: true,
        message: expect.stringContaining("Busy"),
        cause: event,
      }),
    );
    expect(out).toHaveLength(1);
    expect(decoder.done).toBe(true);
  });

  test("read a delay from the message of the error", () => {
    const decoder = createResponseDecoder({
      parseRetryText: (text) => (text === "in 2s" ? 2000 : undefined),
    });
    const error = { code: "rate_limit_exceeded", message: "in 2s" };
    expect(() => decoder.decode({ type: "response.failed", response: { error } }, [])).toThrow(
      expect.objectContaining({ code: "rate-limit", retryAfterMs: 2000 }),
    );
  });

  test("an error without any member is a server error", () => {
    expect(() => decodeAll([{ type: "error" }])).toThrow(
      expect.objectContaining({ code: "server", retryable: true }),
    );
    expect(() => decodeAll([{ type: "response.failed" }])).toThrow(
      expect.objectContaining({ code: "server" }),
    );
  });
});

test("an event that the API does not have is decoded by the given function", () => {
  const rateLimits = { limits: [], plan: "plus" };
  const decoder = createResponseDecoder({
    decodeOther: ({ type }) => (type === "service.limits" ? { type: "rate-limits", rateLimits } : undefined),
  });
  const events: TransportEvent[] = [];
  for (const type of ["service.limits", "service.other", "response.in_progress"])
    decoder.decode({ type }, events);
  expect(events).toEqual([{ type: "rate-limits", rateLimits }]);
});

test.each([
  ["the event before it", JSON.stringify(created), { model: "gpt-5.5", responseId: "resp_1" }],
  ["nothing, if that cannot be read", '{"type":"response.created","response":{', {}],
])("an end without model and id takes them from %s", (_, beginning, expected) => {
  const { model, responseId } = endIn(decodeAll([beginning, '{"type":"response.completed","response":{}}']));
  expect({ model, responseId }).toEqual(expected);
});

test("unknown events, and values that are no events, are ignored", () => {
  const noise = [
    undefined,
    null,
    1,
    "1",
    "[DONE]",
    [],
    {},
    { type: 1 },
    { type: "keepalive" },
    { type: "response.new.delta", delta: "x" },
  ];
  expect(decodeAll([...noise, completed])).toHaveLength(1);
});

test("data is parsed as JSON, and the end mark of other servers is no event", () => {
  expect(parseWireEvent('{"type":"keepalive"}')).toEqual({ type: "keepalive" });
  expect(parseWireEvent("[DONE]")).toBeUndefined();
  expect(parseWireEvent("")).toBeUndefined();
  expect(() => parseWireEvent('{"type":')).toThrow(
    expect.objectContaining({ code: "protocol", retryable: true }),
  );
});

test("texts of two items that alternate stay apart, and end with their items", () => {
  const at = (output_index: number): object => ({
    output_index,
    content_index: 0,
    item_id: `msg_${output_index}`,
  });
  const delta = (index: number, text: string): object => ({
    type: "response.output_text.delta",
    ...at(index),
    delta: text,
  });
  const done = (index: number, text: string): object => ({
    type: "response.output_item.done",
    output_index: index,
    item: { type: "message", id: `msg_${index}`, content: [{ type: "output_text", text }] },
  });
  const first = Array.from({ length: 60 }, () => delta(0, "a"));
  const both = Array.from({ length: 4 }, (_, turn) => delta((turn + 1) % 2, turn % 2 === 0 ? "c" : "b"));
  // After its end, an item has no more text.
  const events = [...first, ...both, done(0, `${"a".repeat(60)}bb`), delta(0, "d"), done(1, "cc"), completed];
  const out = decodeAll(events.map((event) => JSON.stringify(event)));
  expect(out).toEqual(decodeAll(events));
  const shown = out.filter((event) => event.type === "text-delta");
  const textAt = (index: number): string =>
    shown.flatMap((event) => (event.index === index ? [event.delta] : [])).join("");
  expect([textAt(0), textAt(1)]).toEqual([`${"a".repeat(60)}bb`, "cc"]);
});

test("a call of a remote tool states its name, input and output", () => {
  const item = {
    type: "mcp_call",
    id: "mcp_1",
    server_label: "docs",
    name: "find",
    arguments: "{}",
    status: "completed",
  };
  const made = (rest: object): unknown => {
    const event = { type: "response.output_item.done", output_index: 0, item: { ...item, ...rest } };
    return blocksIn(decodeAll([event, { type: "response.completed", response: {} }]))[0];
  };
  const block = {
    type: "hosted-tool",
    name: "mcp",
    status: "completed",
    input: { server_label: "docs", name: "find", arguments: "{}" },
  };
  expect(made({ output: "found" })).toMatchObject({ ...block, output: "found" });
  expect(made({ error: "gone" })).toMatchObject({ ...block, output: "gone" });
});

test.each([
  [
    { type: "search", query: "q", sources: [{ type: "url", url: "https://a.test/" }, { type: "api" }] },
    { type: "search", query: "q" },
    [{ url: "https://a.test/" }],
  ],
  [
    { type: "open_page", url: "https://b.test/" },
    { type: "open_page", url: "https://b.test/" },
    [{ url: "https://b.test/" }],
  ],
  [
    { type: "find_in_page", url: "https://b.test/", pattern: "x" },
    { type: "find_in_page", url: "https://b.test/", pattern: "x" },
    [{ url: "https://b.test/" }],
  ],
  [{ type: "open_page", url: null }, { type: "open_page", url: null }, undefined],
  [{ type: "search", query: "q", sources: "none" }, { type: "search", query: "q" }, undefined],
  ["gone", {}, undefined],
])("the action %j of a web search states its input and its pages", (action, input, sources) => {
  const item = { type: "web_search_call", id: "ws_1", status: "completed", action };
  const [block] = blocksIn(
    decodeAll([
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: {} },
    ]),
  );
  const { input: asked, sources: pages } = block as HostedToolBlock;
  expect([asked, pages]).toEqual([input, sources]);
  expect(block?.providerData?.["responses"]).toMatchObject({ item });
});
