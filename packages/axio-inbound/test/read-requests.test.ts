import { AxioError, type Block, type GenerationSettings, type JsonObject, type TransportEvent } from "axio";
import { describe, expect, test } from "vitest";
import {
  assertSupported,
  fitSettings,
  nearestEffort,
  openBlock,
  readChatRequest,
  readMessagesRequest,
  readResponsesRequest,
  sealBlock,
} from "../src/index.ts";
import { toChat, toMessages, toResponses } from "./encode.ts";

const USER = { role: "user", content: "Hi" };

const READERS = {
  responses: (body: JsonObject) => readResponsesRequest({ model: "m", input: "Hi", ...body }),
  chat: (body: JsonObject) => readChatRequest({ model: "m", messages: [USER], ...body }),
  messages: (body: JsonObject) =>
    readMessagesRequest({ model: "m", max_tokens: 9, messages: [USER], ...body }),
};

function refusal(read: () => unknown): AxioError {
  try {
    read();
  } catch (error) {
    if (AxioError.is(error)) return error;
    throw error;
  }
  throw new Error("The request was accepted.");
}

describe("malformed requests name the member that is to blame", () => {
  test.each<[keyof typeof READERS, JsonObject, string]>([
    ["responses", { model: 3 }, "model"],
    ["responses", { input: 3 }, "input"],
    ["responses", { input: [null] }, "input"],
    ["responses", { input: [{}] }, "input[0].type"],
    ["responses", { input: [{ role: "robot", content: "" }] }, "input[0].role"],
    ["responses", { input: [{ role: "user", content: [{ type: "video" }] }] }, "input[0].content[0].type"],
    [
      "responses",
      { input: [{ role: "user", content: [{ type: "input_text" }] }] },
      "input[0].content[0].text",
    ],
    [
      "responses",
      { input: [{ role: "user", content: [{ type: "input_image", file_id: "f" }] }] },
      "input[0].content[0].file_id",
    ],
    ["responses", { input: [{ type: "function_call", name: "f", arguments: "{}" }] }, "input[0].call_id"],
    ["responses", { input: [{ type: "function_call_output", call_id: "c" }] }, "input[0].output"],
    ["responses", { tools: [{ type: "function" }] }, "tools[0].name"],
    ["responses", { tools: [{ type: "code_interpreter", container: { type: "auto" } }] }, "tools[0].type"],
    ["responses", { tools: [{ type: "mcp", server_label: "x" }] }, "tools[0].type"],
    ["responses", { tool_choice: { type: "function", name: "gone" } }, "tool_choice"],
    ["responses", { background: true }, "background"],
    ["responses", { conversation: "c" }, "conversation"],
    ["responses", { prompt: { id: "p" } }, "prompt"],
    ["responses", { text: { format: { type: "json_schema", name: "x" } } }, "text.format.schema"],
    ["responses", { stream: "true" }, "stream"],
    ["responses", { store: "no" }, "store"],
    ["responses", { instructions: 5 }, "instructions"],
    ["responses", { previous_response_id: 5 }, "previous_response_id"],
    ["responses", { prompt_cache_key: {} }, "prompt_cache_key"],
    ["responses", { reasoning: "high" }, "reasoning"],
    ["responses", { reasoning: { effort: 5 } }, "reasoning.effort"],
    ["responses", { text: "json" }, "text"],
    ["responses", { text: { format: "json" } }, "text.format"],
    ["responses", { text: { format: { type: "yaml" } } }, "text.format.type"],
    ["responses", { include: "reasoning.encrypted_content" }, "include"],
    ["responses", { temperature: Number.POSITIVE_INFINITY }, "temperature"],
    ["chat", { stream: 1 }, "stream"],
    ["chat", { stream_options: "usage" }, "stream_options"],
    ["chat", { n: "2" }, "n"],
    ["chat", { logprobs: "true" }, "logprobs"],
    ["chat", { reasoning_effort: 5 }, "reasoning_effort"],
    ["chat", { response_format: "json_object" }, "response_format"],
    ["chat", { response_format: { type: "yaml" } }, "response_format.type"],
    ["chat", { prompt_cache_key: 5 }, "prompt_cache_key"],
    ["messages", { stream: "true" }, "stream"],
    ["messages", { system: 5 }, "system"],
    ["messages", { system: [{ type: "image" }] }, "system[0].text"],
    ["messages", { thinking: "on" }, "thinking"],
    ["messages", { thinking: { type: "always" } }, "thinking.type"],
    ["messages", { output_config: "high" }, "output_config"],
    ["messages", { output_config: { effort: 5 } }, "output_config.effort"],
    ["messages", { output_config: { format: "json" } }, "output_config.format"],
    ["messages", { tool_choice: "auto" }, "tool_choice"],
    ["messages", { tool_choice: { type: "always" } }, "tool_choice.type"],
    ["chat", { messages: "Hi" }, "messages"],
    ["chat", { messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id"],
    [
      "chat",
      { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "messages[0].content[0].image_url",
    ],
    [
      "chat",
      { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }] },
      "messages[0].content[0].file.file_id",
    ],
    ["chat", { n: 2 }, "n"],
    ["chat", { logprobs: true }, "logprobs"],
    ["chat", { tools: [{ type: "function", function: {} }] }, "tools[0].name"],
    [
      "chat",
      { response_format: { type: "json_schema", json_schema: {} } },
      "response_format.json_schema.schema",
    ],
    ["messages", { max_tokens: null }, "max_tokens"],
    ["messages", { messages: [{ role: "robot", content: "" }] }, "messages[0].role"],
    [
      "messages",
      { messages: [{ role: "user", content: [{ type: "hologram" }] }] },
      "messages[0].content[0].type",
    ],
    [
      "messages",
      { messages: [{ role: "user", content: [{ type: "image" }] }] },
      "messages[0].content[0].source",
    ],
    [
      "messages",
      { messages: [{ role: "user", content: [{ type: "tool_result" }] }] },
      "messages[0].content[0].tool_use_id",
    ],
    ["messages", { tools: [{ type: "bash_20250124", name: "bash" }] }, "tools[0].type"],
    ["messages", { tool_choice: { type: "tool", name: "gone" } }, "tool_choice.name"],
  ])("%s %j", (api, body, parameter) => {
    const error = refusal(() => READERS[api](body));
    expect(error.code).toBe("invalid-request");
    expect(error.details).toMatchObject({ status: 400, parameter });
  });
});

describe("members without effect are named", () => {
  test.each<[keyof typeof READERS, JsonObject, readonly string[]]>([
    ["responses", { temperature: 0, surprise: 1, max_output_tokens: 5 }, ["surprise"]],
    ["responses", { text: { verbosity: "low" } }, ["text.verbosity"]],
    ["responses", { truncation: "disabled", background: false, service_tier: "auto", temperature: null }, []],
    ["chat", { max_tokens: 5, stop: ["x"], user: "me" }, ["user"]],
    ["chat", { n: 1, logprobs: false, store: false, parallel_tool_calls: true }, []],
    ["responses", { include: ["reasoning.encrypted_content", "web_search_call.action.sources"] }, []],
    ["responses", { include: ["message.output_text.logprobs"] }, ["include"]],
    ["messages", { top_k: 5, container: "c" }, ["container"]],
    ["messages", { service_tier: "auto", mcp_servers: [] }, []],
    [
      "messages",
      { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
      ["tool_choice.disable_parallel_tool_use"],
    ],
  ])("%s %j", (api, body, names) => {
    const { unsupported } = READERS[api](body);
    expect(unsupported.map(({ parameter }) => parameter)).toEqual(names);
    if (names.length > 0)
      expect(refusal(() => assertSupported(unsupported)).code).toBe("unsupported-parameter");
  });
});

describe("settings of the response", () => {
  test.each<[keyof typeof READERS, JsonObject, GenerationSettings]>([
    [
      "responses",
      { max_output_tokens: 5, temperature: 0, top_p: 0.5, presence_penalty: 1, frequency_penalty: -1 },
      { maxOutputTokens: 5, temperature: 0, topP: 0.5, presencePenalty: 1, frequencyPenalty: -1 },
    ],
    [
      "chat",
      { max_tokens: 5, max_completion_tokens: 7, stop: "x", seed: 3, top_k: 4 },
      { maxOutputTokens: 7, stop: ["x"], seed: 3, topK: 4 },
    ],
    ["chat", { max_tokens: 5, stop: ["x", "y"] }, { maxOutputTokens: 5, stop: ["x", "y"] }],
    ["messages", { stop_sequences: ["x"], top_k: 2 }, { maxOutputTokens: 9, stop: ["x"], topK: 2 }],
  ])("%s %j are read", (api, body, settings) => {
    expect(READERS[api](body).request).toMatchObject(settings);
  });

  test.each<[keyof typeof READERS, JsonObject, string]>([
    ["responses", { temperature: "hot" }, "temperature"],
    ["chat", { stop: [1] }, "stop"],
    ["messages", { top_p: {} }, "top_p"],
  ])("%s %j is refused", (api, body, parameter) => {
    const error = refusal(() => READERS[api](body));
    expect([error.code, error.details.parameter]).toEqual(["invalid-request", parameter]);
  });

  test("that are null or an empty list are not set", () => {
    expect(
      READERS.chat({ stop: [], temperature: null, max_completion_tokens: null, max_tokens: 5 }),
    ).toMatchObject({
      request: { maxOutputTokens: 5 },
      settingMembers: { maxOutputTokens: "max_tokens" },
      unsupported: [],
    });
    expect(READERS.chat({ stop: [] }).settingMembers).toEqual({});
  });

  test("that a transport does not send are removed, and listed as the client named them", () => {
    const { request, settingMembers } = READERS.messages({ stop_sequences: ["x"], temperature: 1 });
    const unsupportedSettings = () =>
      ["stop", "maxOutputTokens"].map(
        (parameter) => new AxioError("unsupported-parameter", "No.", { details: { parameter } }),
      );
    const fitted = fitSettings({ unsupportedSettings }, request, settingMembers);
    // A limit is demanded by the API, so it is not listed.
    expect(fitted.unsupported).toEqual([{ parameter: "stop_sequences", reason: "No." }]);
    expect(fitted.request).toMatchObject({ temperature: 1, stop: undefined, maxOutputTokens: undefined });
  });
});

test("items of unknown types go through unharmed", () => {
  const item = { type: "future_item", id: "fi_1", payload: { deep: [1, null, "x"] } };
  const { request } = READERS.responses({ input: [USER, item] });
  const [, message] = request.messages;
  const [block] = message?.content ?? [];
  expect(block).toMatchObject({ type: "opaque", kind: "future_item" });
  const { encoder } = toResponses([{ type: "block-end", index: 0, block: block as Block }]);
  const { id, ...sent } = encoder.items[0] ?? {};
  const { id: _, ...given } = item;
  expect(sent).toEqual(given);
});

test("messages of the user stay apart, and the items of one response are one message", () => {
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  const input = [
    USER,
    USER,
    { role: "assistant", content: "Yes." },
    call,
    { type: "function_call_output", call_id: "c", output: "x" },
    USER,
  ];
  const { messages } = READERS.responses({ input }).request;
  expect(messages.map(({ role, content }) => [role, content.length])).toEqual([
    ["user", 1],
    ["user", 1],
    ["assistant", 2],
    ["user", 1],
    ["user", 1],
  ]);
});

test("tools that the client of the Responses API runs itself go through as they are", () => {
  const tool = {
    type: "tool_search",
    execution: "client",
    description: "Finds tools.",
    parameters: { type: "object" },
  };
  const [read] = READERS.responses({ tools: [tool] }).request.tools;
  expect(read).toMatchObject({ hosted: { type: "provider" }, providerData: { responses: { tool } } });
});

test("tools of `additional_tools` items and namespaces are offered", () => {
  const tool = (name: string): JsonObject => ({ type: "function", name, parameters: { type: "object" } });
  const { request } = READERS.responses({
    input: [
      {
        type: "additional_tools",
        role: "developer",
        tools: [tool("a"), { type: "namespace", name: "functions", tools: [tool("b")] }],
      },
      USER,
    ],
    tools: [tool("c")],
  });
  expect(request.tools.map(({ name }) => name)).toEqual(["c", "a", "b"]);
});

test("`allowed_tools` restricts the tools", () => {
  const tools = ["a", "b"].map((name) => ({ type: "function", name }));
  const choice = { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "b" }] };
  const { request } = READERS.responses({ tools, tool_choice: choice });
  expect(request.tools.map(({ name }) => name)).toEqual(["b"]);
  expect(request.toolChoice).toBe("required");
});

test("system and developer messages become system messages, wherever they are", () => {
  const messages = [{ role: "system", content: "A" }, USER, { role: "developer", content: "B" }];
  const { request } = READERS.chat({ messages });
  expect(request.messages.map(({ role }) => role)).toEqual(["system", "user", "system"]);
});

test("the deprecated functions of Chat Completions are tools", () => {
  const { request } = READERS.chat({
    functions: [{ name: "f", parameters: { type: "object" } }],
    function_call: { name: "f" },
    messages: [
      USER,
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "done" },
    ],
  });
  expect(request.toolChoice).toEqual({ name: "f" });
  const [call, result] = request.messages.slice(1).flatMap(({ content }) => content);
  expect(call).toMatchObject({ type: "tool-use", name: "f" });
  expect(result).toMatchObject({ type: "tool-result", toolCallId: (call as { id: string }).id });
});

describe("blocks of another provider survive the round trip through a client", () => {
  const reasoning: Block = {
    type: "reasoning",
    text: "Thinking.",
    providerData: { anthropic: { signature: "sig+/=ü" } },
  };
  const opaque: Block = { type: "opaque", kind: "mystery", providerData: { anthropic: { block: { a: 1 } } } };
  const hidden: Block = { type: "reasoning", text: "", providerData: { anthropic: { data: "redacted" } } };
  const response = [reasoning, hidden, opaque].map(
    (block, index) => ({ type: "block-end", index, block }) as const,
  );

  test("of the Responses API", () => {
    const { encoder } = toResponses(response);
    const { request } = READERS.responses({ input: [USER, ...encoder.items] });
    expect(request.messages[1]?.content).toEqual([
      expect.objectContaining({ ...reasoning }),
      expect.objectContaining({ providerData: hidden.providerData }),
      opaque,
    ]);
  });

  test("of the Messages API", () => {
    const { encoder } = toMessages(response);
    const { request } = READERS.messages({
      messages: [USER, { role: "assistant", content: encoder.message["content"] ?? [] }],
    });
    expect(request.messages[1]?.content).toEqual([reasoning, hidden, opaque]);
  });
});

test("sealed text that a client changed, and foreign text, are ignored", () => {
  const sealed = sealBlock({ type: "reasoning", text: "ü" });
  expect(openBlock(sealed)).toEqual({ type: "reasoning", text: "ü" });
  for (const text of [sealed.slice(0, -3), `${sealed}!`, "axio1.", "gAAAA", "axio1.bm90IGpzb24"])
    expect(openBlock(text)).toBeUndefined();
});

test("reasoning of Chat Completions is found again by the tool call that it preceded", () => {
  const reasoning: Block = { type: "reasoning", text: "Why." };
  const call: Block = { type: "tool-use", id: "call_1", name: "f", input: {} };
  const { encoder } = toChat([
    { type: "block-end", index: 0, block: reasoning },
    { type: "block-end", index: 1, block: call },
  ]);
  const messages = [
    USER,
    {
      role: "assistant",
      tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "call_1", content: "done" },
  ];
  const { request } = readChatRequest(
    { model: "m", messages },
    { findReasoning: (id) => encoder.reasoning.get(id) },
  );
  expect(request.messages[1]?.content.map(({ type }) => type)).toEqual(["reasoning", "tool-use"]);
});

test("the conversation of Claude Code is found in its metadata", () => {
  const id = "0e4b3f0e-7c0a-4f3c-9d3e-1f2a3b4c5d6e";
  const userIds = [`user_x_account__session_${id}`, JSON.stringify({ session_id: id })];
  for (const userId of userIds)
    expect(READERS.messages({ metadata: { user_id: userId } }).request.conversationId).toBe(id);
});

test.each([
  ["xhigh", ["low", "medium", "high"], "high"],
  ["minimal", ["low", "high"], "low"],
  ["high", undefined, "high"],
  ["none", ["low"], "none"],
  ["absurd", ["low"], undefined],
])("the effort nearest to %s of %j is %s", (wanted, efforts, expected) => {
  expect(nearestEffort(wanted, { id: "m", capabilities: [], efforts })).toBe(expected);
});

describe("a refusal is sent as one, not as text", () => {
  const response: readonly TransportEvent[] = [
    { type: "text-delta", index: 0, delta: "I ", refusal: true },
    { type: "text-delta", index: 0, delta: "will not.", refusal: true },
    { type: "block-end", index: 0, block: { type: "text", text: "I will not.", refusal: true } },
  ];

  test("of the Responses API", () => {
    const { events } = toResponses(response);
    const parts = events.filter(({ type }) => /content_part|text|refusal/.test(String(type)));
    expect(parts).toMatchObject([
      { type: "response.content_part.added", part: { type: "refusal", refusal: "" } },
      { type: "response.refusal.delta", delta: "I " },
      { type: "response.refusal.delta", delta: "will not." },
      { type: "response.refusal.done", refusal: "I will not." },
      { type: "response.content_part.done", part: { type: "refusal" } },
    ]);
  });

  test("of Chat Completions", () => {
    const { encoder, events } = toChat(response);
    const texts = events.map((event) => (event["choices"] as { delta: JsonObject }[])[0]?.delta);
    expect(texts).toEqual([{ role: "assistant", content: "" }, { refusal: "I " }, { refusal: "will not." }]);
    const choices = [{ message: { content: null, refusal: "I will not." } }];
    expect(encoder.completion).toMatchObject({ choices });
  });

  test("of Chat Completions, if the provider says so only at the end", () => {
    const late = response.map((event) =>
      event.type === "text-delta" ? { ...event, refusal: undefined } : event,
    );
    const choices = [{ message: { refusal: "I will not." } }];
    expect(toChat(late).encoder.completion).toMatchObject({ choices });
  });
});
