import { imageGenerationTool, type ToolDefinition, userMessage, webSearchTool } from "axio";
import { describe, expect, test } from "vitest";
import {
  buildChatBody,
  type ChatBody,
  DIALECTS,
  type Dialect,
  GENERIC_DIALECT,
  needsResponsesApi,
  type RequestOptions,
} from "../src/index.ts";

const TOOL: ToolDefinition = {
  name: "f",
  description: "Does it.",
  inputSchema: { type: "object", properties: { x: { type: "number" } }, required: ["x"] },
};
const FORMAT = {
  name: "answer",
  schema: {
    type: "object",
    properties: { x: { type: "number" } },
    required: ["x"],
    additionalProperties: false,
  },
};

function build(
  dialect: Dialect,
  options: RequestOptions = {},
  more: { readonly model?: string; readonly tools?: readonly ToolDefinition[] } = {},
): ChatBody {
  const { model = "m", tools = [] } = more;
  return buildChatBody({
    dialect,
    model,
    system: "Be brief.",
    messages: [userMessage("Hi")],
    tools,
    options,
  });
}

/** The body without what every request has. */
function extras(body: ChatBody): object {
  const { model, stream, messages, ...rest } = body;
  return rest;
}

describe("a request", () => {
  test("to an unknown server holds nothing that a server may refuse", () => {
    expect(buildChatBody({ model: "m", system: "", messages: [userMessage("Hi")], tools: [TOOL] })).toEqual({
      model: "m",
      stream: true,
      stream_options: { include_usage: true },
      tools: [
        { type: "function", function: { name: "f", description: "Does it.", parameters: TOOL.inputSchema } },
      ],
      messages: [{ role: "user", content: "Hi" }],
    });
  });

  test("ends with the messages, and begins with the same bytes each time", () => {
    const text = JSON.stringify(build(DIALECTS.openai, { promptCacheKey: "c" }, { tools: [TOOL] }));
    expect(text.indexOf('"messages"')).toBeGreaterThan(text.indexOf('"tools"'));
    expect(JSON.stringify(build(DIALECTS.openai, { promptCacheKey: "c" }, { tools: [TOOL] }))).toBe(text);
  });

  test.each([
    [DIALECTS.openai, { include_usage: true, include_obfuscation: false }],
    [DIALECTS.azure, { include_usage: true }],
    [DIALECTS.mistral, undefined],
  ])("asks $name for usage if need be", (dialect, streamOptions) => {
    expect(build(dialect).stream_options).toEqual(streamOptions);
  });
});

describe("options", () => {
  test("that the server has are sent", () => {
    const options: RequestOptions = {
      maxOutputTokens: 100,
      verbosity: "low",
      serviceTier: "flex",
      parallelToolCalls: false,
      promptCacheKey: "c",
      promptCacheRetention: "24h",
      safetyIdentifier: "u",
      reasoning: { effort: "low" },
    };
    expect(extras(build(DIALECTS.openai, options, { tools: [TOOL] }))).toMatchObject({
      max_completion_tokens: 100,
      verbosity: "low",
      service_tier: "flex",
      parallel_tool_calls: false,
      prompt_cache_key: "c",
      prompt_cache_retention: "24h",
      safety_identifier: "u",
      reasoning_effort: "low",
    });
    expect(build(DIALECTS.openai, options)).not.toHaveProperty("parallel_tool_calls");
  });

  test("that only help are left out of a server that does not have them", () => {
    const hints: RequestOptions = {
      parallelToolCalls: true,
      promptCacheKey: "c",
      promptCacheRetention: "24h",
      safetyIdentifier: "u",
      maxOutputTokens: 5,
    };
    expect(extras(build(GENERIC_DIALECT, hints))).toEqual({
      stream_options: { include_usage: true },
      max_tokens: 5,
    });
  });

  test.each<[RequestOptions, string]>([
    [{ verbosity: "low" }, "verbosity"],
    [{ serviceTier: "flex" }, "service_tier"],
    [{ reasoning: { effort: "low" } }, "reasoning_effort"],
    [{ reasoning: { maxTokens: 5 } }, "reasoning"],
    [{ reasoning: { enabled: false } }, "reasoning"],
  ])("that change the response are refused by a server that does not have them: %j", (options, parameter) => {
    expect(() => build(GENERIC_DIALECT, options)).toThrow(
      expect.objectContaining({ code: "unsupported-parameter", details: { parameter } }),
    );
  });

  test.each<[keyof typeof DIALECTS, RequestOptions["reasoning"], object]>([
    ["openai", { enabled: false }, { reasoning_effort: "none" }],
    ["openai", { effort: "none" }, { reasoning_effort: "none" }],
    ["openrouter", { effort: "high" }, { reasoning: { effort: "high" } }],
    ["openrouter", { enabled: true, maxTokens: 100 }, { reasoning: { enabled: true, max_tokens: 100 } }],
    ["openrouter", { effort: "none" }, { reasoning: { enabled: false } }],
    ["nebius", { enabled: true }, { chat_template_kwargs: { enable_thinking: true, thinking: true } }],
    ["vllm", { enabled: false }, { chat_template_kwargs: { enable_thinking: false, thinking: false } }],
    [
      "deepseek",
      { enabled: true, effort: "medium" },
      { thinking: { type: "enabled" }, reasoning_effort: "high" },
    ],
    ["deepseek", { effort: "ultra" }, { reasoning_effort: "max" }],
    ["alibaba", { enabled: true, maxTokens: 100 }, { enable_thinking: true, thinking_budget: 100 }],
    ["ollama", { effort: "low" }, { reasoning_effort: "low" }],
  ])("of reasoning at %s: %j", (id, reasoning, expected) => {
    expect(build(DIALECTS[id], { reasoning })).toMatchObject(expected);
  });

  test("in extraBody are merged over the others", () => {
    const body = build(
      DIALECTS.openrouter,
      { extraBody: { temperature: 0, provider: { order: ["a"] } } },
      { tools: [TOOL] },
    );
    expect(extras(body)).toMatchObject({
      temperature: 0,
      provider: { require_parameters: true, order: ["a"] },
    });
  });

  test.each(["model", "messages", "tools", "tool_choice", "stream", "response_format", "n"])(
    "in extraBody cannot set %s",
    (member) => {
      expect(() => build(DIALECTS.openai, { extraBody: { [member]: 1 } })).toThrow(
        expect.objectContaining({ code: "invalid-argument", details: { parameter: member } }),
      );
    },
  );
});

describe("tools", () => {
  test("have strict schemas if the server and the schema allow it", () => {
    const strict = { ...TOOL, strict: true };
    const open = {
      ...strict,
      name: "g",
      inputSchema: { type: "object", properties: { x: { type: "number" } } },
    };
    expect(build(DIALECTS.openai, {}, { tools: [strict, open] }).tools).toMatchObject([
      { function: { strict: true, parameters: { additionalProperties: false } } },
      { function: { parameters: open.inputSchema } },
    ]);
    const body = JSON.stringify(build(DIALECTS.groq, {}, { tools: [strict, open] }));
    expect(body).not.toContain("strict");
    expect(build(DIALECTS.openai, {}, { tools: [open] }).tools?.[0]?.function).not.toHaveProperty("strict");
  });

  test.each<[RequestOptions["toolChoice"], Dialect, unknown]>([
    [undefined, DIALECTS.openai, undefined],
    ["auto", DIALECTS.openai, undefined],
    ["none", DIALECTS.openai, "none"],
    ["required", DIALECTS.openai, "required"],
    ["required", DIALECTS.mistral, "any"],
    [{ name: "f" }, DIALECTS.openai, { type: "function", function: { name: "f" } }],
    [{ name: "f" }, DIALECTS.lmstudio, "required"],
  ])("with the choice %j", (toolChoice, dialect, expected) => {
    const body = build(dialect, { toolChoice }, { tools: [TOOL, { ...TOOL, name: "g" }] });
    expect(body.tool_choice).toEqual(expected);
    expect(body.tools).toHaveLength(expected === "required" && typeof toolChoice === "object" ? 1 : 2);
    expect(build(dialect, typeof toolChoice === "object" ? {} : { toolChoice })).not.toHaveProperty(
      "tool_choice",
    );
  });

  test("that are not there cannot be chosen", () => {
    expect(() => build(DIALECTS.openai, { toolChoice: { name: "g" } }, { tools: [TOOL] })).toThrow(
      "Choose one of: f.",
    );
    expect(() => build(DIALECTS.openai, { toolChoice: { name: "g" } })).toThrow("There are no tools.");
  });

  test("of one name are refused", () => {
    expect(() => build(DIALECTS.openai, {}, { tools: [TOOL, TOOL] })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  test("that the server runs become the members that it knows", () => {
    const tools = [webSearchTool({ contextSize: "low", location: { country: "DE" } })];
    expect(extras(build(DIALECTS.openai, {}, { tools }))).toMatchObject({
      web_search_options: {
        search_context_size: "low",
        user_location: { type: "approximate", approximate: { country: "DE" } },
      },
    });
    expect(
      extras(build(DIALECTS.openrouter, {}, { tools: [...tools, imageGenerationTool()] })),
    ).toMatchObject({
      plugins: [{ id: "web" }],
      modalities: ["image", "text"],
    });
    expect(() => build(DIALECTS.groq, {}, { tools })).toThrow(
      expect.objectContaining({ code: "unsupported-parameter" }),
    );
  });

  test.each([
    ["gpt-6.2-sol", undefined, true],
    ["gpt-6-luna", "none", true],
    ["gpt-5.6", undefined, true],
    ["gpt-5.6-terra", "none", false],
    ["gpt-5.4", undefined, false],
    ["gpt-5.4-mini", "low", true],
    ["gpt-5.2", "high", false],
    ["gpt-5-chat-latest", "high", false],
    ["gpt-4.1", undefined, false],
    ["gpt-4o", "high", false],
    ["gpt-10.1", undefined, true],
    ["o3", "high", false],
    ["my-deployment", "high", false],
  ])("for %s with the effort %s need the Responses API: %s", (model, effort, expected) => {
    expect(needsResponsesApi(model, effort)).toBe(expected);
    const options = { reasoning: { effort } };
    const send = (): ChatBody => build(DIALECTS.openai, options, { model, tools: [TOOL] });
    if (expected)
      expect(send).toThrow(
        expect.objectContaining({
          code: "unsupported-parameter",
          message: expect.stringContaining("Responses API"),
        }),
      );
    else expect(send().tools).toHaveLength(1);
    expect(build(DIALECTS.openai, options, { model }).model).toBe(model);
    expect(build(DIALECTS.openrouter, {}, { model, tools: [TOOL] }).tools).toHaveLength(1);
  });
});

describe("an output format", () => {
  test("is a JSON schema, strict if the server and the schema allow it", () => {
    expect(build(DIALECTS.openai, { outputFormat: FORMAT }).response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "answer", schema: FORMAT.schema, strict: true },
    });
    expect(build(DIALECTS.openai, { outputFormat: { ...FORMAT, strict: false } }).response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "answer", schema: FORMAT.schema },
    });
    expect(JSON.stringify(build(DIALECTS.vllm, { outputFormat: FORMAT }).response_format)).not.toContain(
      "strict",
    );
  });

  test("is in the system prompt of a server that knows no schemas", () => {
    const body = build(DIALECTS.deepseek, { outputFormat: FORMAT });
    expect(body.response_format).toEqual({ type: "json_object" });
    expect(body.messages[0]).toMatchObject({
      content: expect.stringMatching(/^Be brief\.\n\n.*JSON Schema:\n\{"type":"object"/),
    });
  });

  test("cannot be forced to be strict if it is not possible", () => {
    const open = { name: "answer", schema: { type: "object" }, strict: true };
    expect(() => build(DIALECTS.openai, { outputFormat: open })).toThrow(
      expect.objectContaining({
        code: "invalid-argument",
        message: expect.stringContaining("without a list of properties"),
      }),
    );
    expect(() => build(DIALECTS.vllm, { outputFormat: { ...FORMAT, strict: true } })).toThrow(
      "the server does not support it",
    );
  });

  test("tells OpenRouter to choose a provider that knows it", () => {
    expect(build(DIALECTS.openrouter, { outputFormat: FORMAT })).toMatchObject({
      provider: { require_parameters: true },
    });
    expect(build(DIALECTS.openrouter)).not.toHaveProperty("provider");
  });
});

test("Claude through OpenRouter gets cache marks on the system prompt and the two newest inputs", () => {
  const messages = ["a", "b", "c"].flatMap((text) => [
    userMessage(text),
    { role: "assistant" as const, content: [{ type: "text" as const, text }] },
  ]);
  const request = { dialect: DIALECTS.openrouter, system: "Be brief.", messages, tools: [] };
  const body = buildChatBody({ ...request, model: "anthropic/claude-sonnet-5" });
  const marked = (text: string) => [{ type: "text", text, cache_control: { type: "ephemeral" } }];
  expect(body.messages.map(({ content }) => content)).toEqual([
    marked("Be brief."),
    "a",
    "a",
    marked("b"),
    "b",
    marked("c"),
    "c",
  ]);
  expect(JSON.stringify(buildChatBody({ ...request, model: "openai/gpt-5" }))).not.toContain("cache_control");
});
