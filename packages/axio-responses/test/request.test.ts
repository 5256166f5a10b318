import {
  assistantMessage,
  type Block,
  type JsonObject,
  type Message,
  type ToolDefinition,
  userMessage,
} from "axio";
import { readApiSchema } from "test-support/api-schema";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { buildRequestBody, type RequestOptions } from "../src/index.ts";
import { DEFAULT_INSTRUCTIONS } from "../src/request/body.ts";

const weather: ToolDefinition = {
  name: "get_weather",
  description: "The weather in a town",
  inputSchema: { type: "object", properties: { town: { type: "string" } }, required: ["town"] },
};

const image = {
  type: "image",
  mediaType: "image/png",
  source: { kind: "base64", data: "iVBORw0KGgo=" },
} as const;
const pdf = {
  type: "file",
  mediaType: "application/pdf",
  source: { kind: "base64", data: "BBBB" },
  name: "a.pdf",
} as const;

function call(id: string, input: JsonObject = {}): Block {
  return { type: "tool-use", id, name: "get_weather", input };
}

function result(toolCallId: string, content = "sunny"): Block {
  return { type: "tool-result", toolCallId, content };
}

function body(messages: readonly Message[], options?: RequestOptions, system = "Be brief.") {
  return buildRequestBody({ model: "gpt-5.5", system, messages, tools: [weather], options });
}

function input(...messages: readonly Message[]) {
  return body(messages).input;
}

describe("the body", () => {
  test("has what the backend requires and nothing that it rejects", () => {
    expect(body([userMessage("Hi")])).toEqual({
      model: "gpt-5.5",
      instructions: "Be brief.",
      tools: [
        {
          type: "function",
          name: "get_weather",
          description: "The weather in a town",
          strict: false,
          parameters: weather.inputSchema,
        },
      ],
      tool_choice: "auto",
      parallel_tool_calls: true,
      store: false,
      stream: true,
      include: ["reasoning.encrypted_content"],
      input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] }],
    });
  });

  test("supports every option", () => {
    const options: RequestOptions = {
      reasoning: { effort: "ultra", summary: "auto" },
      verbosity: "low",
      serviceTier: "priority",
      promptCacheKey: "key",
      toolChoice: { name: "get_weather" },
      parallelToolCalls: false,
      outputFormat: { name: "answer", schema: { type: "object" } },
      clientMetadata: { session_id: "s" },
    };
    expect(body([], options)).toMatchObject({
      reasoning: { effort: "max", summary: "auto" },
      text: {
        verbosity: "low",
        format: { type: "json_schema", name: "answer", strict: false, schema: { type: "object" } },
      },
      service_tier: "priority",
      prompt_cache_key: "key",
      tool_choice: { type: "function", name: "get_weather" },
      parallel_tool_calls: false,
      client_metadata: { session_id: "s" },
    });
  });

  test("has no parameter for an undefined option", () => {
    const options: RequestOptions = {
      reasoning: { effort: undefined, summary: undefined },
      verbosity: undefined,
      serviceTier: undefined,
      promptCacheKey: undefined,
    };
    expect(Object.keys(body([], options))).toEqual(Object.keys(body([])));
  });

  test("has strict tools only on request", () => {
    const { tools } = buildRequestBody({
      model: "m",
      system: "s",
      messages: [],
      tools: [{ ...weather, strict: true }],
    });
    expect(tools[0]).toMatchObject({ strict: true, parameters: { additionalProperties: false } });
  });

  test("always has instructions", () => {
    expect(body([], undefined, "").instructions).toBe(DEFAULT_INSTRUCTIONS);
    expect(body([], undefined, "  ").instructions).toBe(DEFAULT_INSTRUCTIONS);
  });

  test("moves system messages to the instructions, in order", () => {
    const messages: readonly Message[] = [
      { role: "system", content: [{ type: "text", text: "Answer in Latin." }] },
      userMessage("Hi"),
      { role: "system", content: [{ type: "text", text: "No poems." }] },
    ];
    expect(body(messages).instructions).toBe("Be brief.\n\nAnswer in Latin.\n\nNo poems.");
    expect(body(messages, undefined, "").instructions).toBe("Answer in Latin.\n\nNo poems.");
    expect(body(messages).input).toHaveLength(1);
  });

  test("begins with the bytes of the previous request", () => {
    const first = [userMessage("Weather?")];
    const second = [...first, assistantMessage([call("call_1")]), userMessage([result("call_1")])];
    const third = [...second, assistantMessage("It is sunny."), userMessage("Thanks")];
    const [before, between, after] = [first, second, third].map((messages) => JSON.stringify(body(messages)));
    expect(between?.startsWith(before?.slice(0, -2) ?? "-")).toBe(true);
    expect(after?.startsWith(between?.slice(0, -2) ?? "-")).toBe(true);
  });
});

describe("messages", () => {
  test("texts, images and documents of a user are one item", () => {
    const url = {
      type: "image",
      mediaType: "image/png",
      source: { kind: "url", url: "https://a.test/b.png" },
    } as const;
    const link = {
      type: "file",
      mediaType: "application/pdf",
      source: { kind: "url", url: "https://a.test/b" },
    } as const;
    expect(
      input(userMessage([{ type: "text", text: "See" }, image, { ...url, detail: "high" }, pdf, link])),
    ).toEqual([
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "See" },
          { type: "input_image", image_url: "data:image/png;base64,iVBORw0KGgo=", detail: "auto" },
          { type: "input_image", image_url: "https://a.test/b.png", detail: "high" },
          { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
          { type: "input_file", file_url: "https://a.test/b" },
        ],
      },
    ]);
  });

  test("a document without a name gets one with its extension", () => {
    const { name: _, ...nameless } = pdf;
    expect(input(userMessage([nameless]))).toMatchObject([{ content: [{ filename: "file.pdf" }] }]);
  });

  test("an image that the API does not accept is rejected before it is sent", () => {
    const tiff = {
      ...image,
      mediaType: "image/tiff",
      source: { kind: "base64", data: "SUkqAAgAAAA=" },
    } as const;
    expect(() => input(userMessage([tiff]))).toThrow(
      expect.objectContaining({ code: "unsupported-content" }),
    );
    expect(() => input(userMessage([{ ...image, mediaType: "image/jpg" }]))).not.toThrow();
  });

  test("text of an assistant from another provider becomes a message with an id", () => {
    const [item] = input(assistantMessage("Hello"));
    expect(item).toEqual({
      type: "message",
      id: expect.stringMatching(/^msg_[a-z0-9]+$/),
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }],
    });
  });

  test("an image of the assistant from another provider is not lost", () => {
    expect(input(assistantMessage([{ type: "text", text: "Here" }, image]))).toMatchObject([
      { role: "assistant" },
      { role: "user", content: [{ type: "input_image" }] },
    ]);
  });

  test("providerData of another provider is not read, and its reasoning is left out", () => {
    const foreign = { anthropic: { item: { type: "reasoning", encrypted_content: "x" }, signature: "s" } };
    const items = input(
      assistantMessage([
        { type: "reasoning", text: "Hm", providerData: foreign },
        { type: "text", text: "Yes", providerData: foreign },
        { type: "opaque", kind: "server_tool_use", providerData: foreign },
      ]),
    );
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ role: "assistant", content: [{ text: "Yes" }] });
  });

  test("reasoning is sent back with its encrypted content, never as a bare id or with its plain text", () => {
    const item = { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "gAAA", content: [] };
    const { content: _, ...expected } = item;
    const { encrypted_content: __, ...bare } = item;
    const block = (of: JsonObject): Block => ({
      type: "reasoning",
      text: "",
      providerData: { responses: { item: of } },
    });
    const text: Block = { type: "text", text: "Yes" };
    expect(input(assistantMessage([block(item), text]))).toMatchObject([expected, { role: "assistant" }]);
    expect(input(assistantMessage([block(item), text]))[0]).toEqual(expected);
    expect(input(assistantMessage([block(bare)]), userMessage("Go on"))).toHaveLength(1);
  });

  test("malformed providerData counts as missing", () => {
    const broken = [
      {},
      { item: 1 },
      { item: {} },
      { item: { type: "message" }, part: {} },
      { part: { type: "x" } },
    ];
    for (const responses of broken as JsonObject[]) {
      const items = input(assistantMessage([{ type: "text", text: "Yes", providerData: { responses } }]));
      expect(items).toMatchObject([{ content: [{ text: "Yes" }] }]);
    }
  });
});

describe("calls and results", () => {
  test("a call is sent with its exact text, a result with its parts", () => {
    const blocks: readonly Block[] = [
      {
        type: "tool-use",
        id: "call_1",
        name: "get_weather",
        input: { town: "Ulm" },
        inputText: '{ "town":"Ulm"}',
      },
      call("call_2", { town: "Bonn" }),
    ];
    const results: readonly Block[] = [
      { type: "tool-result", toolCallId: "call_1", content: "sunny" },
      {
        type: "tool-result",
        toolCallId: "call_2",
        content: [{ type: "text", text: "see" }, image, pdf],
        isError: true,
      },
    ];
    expect(input(assistantMessage(blocks), userMessage(results))).toEqual([
      { type: "function_call", call_id: "call_1", name: "get_weather", arguments: '{ "town":"Ulm"}' },
      { type: "function_call", call_id: "call_2", name: "get_weather", arguments: '{"town":"Bonn"}' },
      { type: "function_call_output", call_id: "call_1", output: "sunny" },
      {
        type: "function_call_output",
        call_id: "call_2",
        output: [
          { type: "input_text", text: "see" },
          { type: "input_image", image_url: "data:image/png;base64,iVBORw0KGgo=", detail: "auto" },
          { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
        ],
      },
    ]);
  });

  test("a message that mixes results and text loses nothing", () => {
    const items = input(
      assistantMessage([call("call_1"), call("call_2")]),
      userMessage([result("call_1"), { type: "text", text: "And tomorrow?" }, result("call_2", "rain")]),
    );
    expect(items).toMatchObject([
      { type: "function_call", call_id: "call_1" },
      { type: "function_call", call_id: "call_2" },
      { type: "function_call_output", call_id: "call_1", output: "sunny" },
      { type: "message", role: "user", content: [{ text: "And tomorrow?" }] },
      { type: "function_call_output", call_id: "call_2", output: "rain" },
    ]);
  });

  test("a call without a result gets one that says so", () => {
    expect(input(assistantMessage([call("call_1")]), userMessage("Stop"))).toMatchObject([
      { type: "function_call" },
      { type: "function_call_output", call_id: "call_1", output: expect.stringContaining("interrupted") },
      { type: "message", role: "user" },
    ]);
  });

  test("a result without a call becomes the user's text, images included", () => {
    const items = input(
      userMessage([
        { type: "tool-result", toolCallId: "gone", content: [{ type: "text", text: "42" }, image] },
      ]),
    );
    expect(items).toMatchObject([
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: expect.stringContaining("gone") },
          { type: "input_text", text: "42" },
          { type: "input_image" },
        ],
      },
    ]);
  });

  test("a second result of the same call does not replace the first", () => {
    const items = input(assistantMessage([call("a")]), userMessage([result("a"), result("a", "again")]));
    expect(items).toMatchObject([
      { type: "function_call" },
      { type: "function_call_output", output: "sunny" },
      { type: "message", content: [{}, { text: "again" }] },
    ]);
  });

  test("ids that the API rejects are replaced on both sides, and stay different", () => {
    const long = `toolu:${"x".repeat(80)}`;
    const items = input(
      assistantMessage([call(`${long}1`), call(`${long}2`), call("")]),
      userMessage([result(`${long}2`, "two"), result(`${long}1`, "one"), result("", "none")]),
    );
    const ids = items.map((item) => (item as { call_id?: string }).call_id ?? "-");
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(ids.slice(3)).toEqual([ids[1], ids[0], ids[2]]);
  });

  test("a duplicate call id is paired in order", () => {
    const items = input(
      assistantMessage([call("call_0")]),
      userMessage([result("call_0", "one")]),
      assistantMessage([call("call_0")]),
      userMessage([result("call_0", "two")]),
    );
    const ids = items.map((item) => (item as { call_id?: string }).call_id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  test("a custom tool call has a custom result", () => {
    const item = { type: "custom_tool_call", id: "ctc_1", call_id: "call_1", name: "sql", input: "" };
    const block: Block = {
      type: "tool-use",
      id: "call_1",
      name: "sql",
      input: "SELECT 1",
      providerData: { responses: { item } },
    };
    expect(input(assistantMessage([block]), userMessage([result("call_1", "1")]))).toEqual([
      { ...item, input: "SELECT 1" },
      { type: "custom_tool_call_output", call_id: "call_1", output: "1" },
    ]);
  });

  test.each([
    ["shell_call", "shell_call_output"],
    ["apply_patch_call", "apply_patch_call_output"],
    ["local_shell_call", "local_shell_call_output"],
  ])("a %s without a result gets one of its own kind", (kind, answer) => {
    const item = { type: kind, id: "x_1", call_id: "call_1", status: "completed" };
    const block: Block = { type: "opaque", kind, providerData: { responses: { item } } };
    expect(input(assistantMessage([block]))).toMatchObject([item, { type: answer }]);
  });

  test("a tool search that the server ran needs no result", () => {
    const item = { type: "tool_search_call", id: "tsc_1", call_id: null, execution: "server" };
    const block: Block = { type: "opaque", kind: "tool_search_call", providerData: { responses: { item } } };
    expect(input(assistantMessage([block]))).toEqual([item]);
  });
});

describe("OpenAI's schema", needs(RECORDINGS), () => {
  const schema = RECORDINGS.isMet ? readApiSchema() : undefined;

  test("accepts a request with everything in it", () => {
    const messages = [
      userMessage([{ type: "text", text: "See" }, image, pdf]),
      assistantMessage([
        { type: "text", text: "No", refusal: true },
        { type: "text", text: "Yes" },
        call("call_1"),
      ]),
      userMessage([
        { type: "tool-result", toolCallId: "call_1", content: [{ type: "text", text: "1" }, image, pdf] },
      ]),
      assistantMessage([call("call_2")]),
    ];
    const whole = body(messages, {
      reasoning: { effort: "high", summary: "detailed" },
      verbosity: "high",
      serviceTier: "priority",
      promptCacheKey: "k",
      toolChoice: "required",
      outputFormat: { name: "answer", schema: { type: "object", properties: {} }, strict: true },
      clientMetadata: { session_id: "s" },
    });
    expect(schema?.faultsOf("CreateResponse", whole)).toBe("");
    for (const item of whole.input) expect(schema?.faultsOf("InputItem", item)).toBe("");
  });

  test("rejects an invalid request", () => {
    expect(schema?.faultsOf("CreateResponse", { ...body([]), store: "no" })).not.toBe("");
    expect(schema?.faultsOf("InputItem", { type: "function_call", name: "x" })).not.toBe("");
  });
});
