import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { CHAT_DIALECTS, findChatRefusal, OPENAI_MODELS } from "../src/index.ts";
import { CHAT_TOOL } from "./chat-client.ts";
import { clientSchema, damagedBodies } from "./request-schema.ts";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const user = (content: unknown = "Hi"): object => ({ role: "user", content });
const call = (id = "c1", name = "read_file"): object => ({
  id,
  type: "function",
  function: { name, arguments: "{}" },
});
const calls = (...tool_calls: object[]): object => ({ role: "assistant", content: null, tool_calls });
const result = (id = "c1"): object => ({ role: "tool", tool_call_id: id, content: "ok" });

type Body = Record<string, unknown>;

function body(messages: readonly object[], rest: Body = {}): Body {
  return { model: "gpt-4.1", messages, stream: true, tools: [CHAT_TOOL], ...rest };
}

/** The message of the refusal by OpenAI. */
function refusalOf(candidate: Body): string | undefined {
  const model = OPENAI_MODELS.find(({ slug }) => slug === candidate["model"]);
  return findChatRefusal(candidate, { model })?.message;
}

/** Bodies with as many members as fit together. */
const GOOD: readonly Body[] = [
  body(
    [
      { role: "developer", content: [{ type: "text", text: "Be brief." }], name: "me" },
      user([
        { type: "text", text: "Look", prompt_cache_breakpoint: { mode: "explicit" } },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}`, detail: "low" } },
        { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
        { type: "file", file: { file_data: "data:application/pdf;base64,JVBERi0xLjQK", filename: "a.pdf" } },
      ]),
      { role: "assistant", content: "I look.", refusal: null, tool_calls: [call("c1"), call("c2")] },
      result("c2"),
      { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "ok" }] },
      { role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
      user(),
    ],
    {
      stream_options: { include_usage: true, include_obfuscation: false },
      tool_choice: { type: "function", function: { name: "read_file" } },
      parallel_tool_calls: false,
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", strict: false, schema: { type: "object", properties: {} } },
      },
      max_completion_tokens: 100,
      temperature: 0.5,
      top_p: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { "1": 2 },
      seed: 7,
      stop: ["END"],
      n: 1,
      user: "u",
      metadata: { a: "b" },
      store: false,
      prompt_cache_key: "k",
      prompt_cache_retention: "24h",
      prompt_cache_options: { mode: "implicit", ttl: "30m" },
      safety_identifier: "s",
      service_tier: "flex",
      modalities: ["text"],
    },
  ),
  body([user()], {
    model: "gpt-5.5",
    tools: [
      {
        type: "custom",
        custom: {
          name: "grammar",
          format: { type: "grammar", grammar: { syntax: "lark", definition: "start: /x/" } },
        },
      },
      { type: "custom", custom: { name: "plain", description: "d", format: { type: "text" } } },
    ],
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "custom", custom: { name: "plain" } }] },
    },
    verbosity: "low",
  }),
  {
    model: "gpt-5",
    stream: true,
    messages: [user()],
    reasoning_effort: "minimal",
    response_format: { type: "text" },
  },
];

describe("OpenAI's own schema", needs(RECORDINGS), () => {
  test("accepts the bodies that the rules accept", () => {
    const problemOf = clientSchema("chat/chat-completions.schema.json");
    expect(GOOD.map(refusalOf)).toEqual(GOOD.map(() => undefined));
    expect(GOOD.map(problemOf)).toEqual(GOOD.map(() => ""));
  });

  test("refuses no body that the rules accept", () => {
    const problemOf = clientSchema("chat/chat-completions.schema.json");
    const missed = GOOD.flatMap((good) =>
      [...damagedBodies(good)].filter(
        ([, damaged]) =>
          (damaged as Body)["stream"] === true &&
          problemOf(damaged) !== "" &&
          refusalOf(damaged as Body) === undefined,
      ),
    );
    expect(missed.map(([place]) => place)).toEqual([]);
  });
});

describe("messages", () => {
  test.each<[string, object[], string]>([
    ["none", [], "Invalid 'messages': empty array"],
    ["a result without a call", [user(), result()], "messages with role 'tool' must be a response"],
    ["a result of another call", [user(), calls(call("a")), result("b")], "'tool_call_id' of 'b' not found"],
    [
      "a call without a result",
      [user(), calls(call("a"), call("b")), result("a"), user()],
      "did not have response messages: b",
    ],
    ["a call at the end", [user(), calls(call())], "must be followed by tool messages"],
    ["a result twice", [user(), calls(call()), result(), result()], "'c1' not found"],
    [
      "a message between the results",
      [user(), calls(call("a"), call("b")), result("a"), user("x"), result("b")],
      "did not have response messages: b",
    ],
    ["the same id twice", [user(), calls(call(), call()), result()], "Duplicate value"],
    [
      "an id of 65 characters",
      [user(), calls(call("c".repeat(65))), result("c".repeat(65))],
      "string too long",
    ],
    ["a name with a dot", [user(), calls(call("c1", "a.b")), result()], "string does not match pattern"],
    [
      "an empty answer",
      [user(), { role: "assistant", content: null }, user()],
      "expected a string, got null",
    ],
    ["an empty list of calls", [user(), { role: "assistant", tool_calls: [] }], "empty array"],
    [
      "an image in a result",
      [
        user(),
        calls(call()),
        { ...result(), content: [{ type: "image_url", image_url: { url: "https://a.test/b.png" } }] },
      ],
      "Invalid value: 'image_url'",
    ],
    [
      "a part of another kind",
      [user([{ type: "video" }])],
      "Content blocks are expected to be either text or image_url type",
    ],
    [
      "reasoning of another server",
      [user(), { role: "assistant", content: "x", reasoning_content: "y" }, user()],
      "Unknown parameter: 'messages[1].reasoning_content'",
    ],
    ["an unknown role", [{ role: "robot", content: "x" }], "Invalid value: 'robot'"],
    ["a lone surrogate", [user("\ud83d")], "could not parse the JSON body"],
  ])("%s", (_, messages, message) => {
    expect(refusalOf(body(messages))).toContain(message);
  });
});

describe("members", () => {
  const schema = { type: "object", properties: {} };
  test.each<[string, Body, string]>([
    ["an unknown member", { top_k: 1 }, "Unrecognized request argument supplied: top_k"],
    [
      "stream_options without stream",
      { stream: false, stream_options: {} },
      "only allowed when 'stream' is enabled",
    ],
    [
      "a choice without tools",
      { tools: undefined, tool_choice: "auto" },
      "only allowed when 'tools' are specified",
    ],
    [
      "parallel calls without tools",
      { tools: undefined, parallel_tool_calls: true },
      "only allowed when 'tools' are specified",
    ],
    [
      "a choice of a missing tool",
      { tool_choice: { type: "function", function: { name: "x" } } },
      "not found in 'tools'",
    ],
    ["no tools", { tools: [] }, "empty array"],
    ["the same tool twice", { tools: [CHAT_TOOL, CHAT_TOOL] }, "Tool names must be unique"],
    [
      "a schema that is not an object",
      { tools: [{ type: "function", function: { name: "f", parameters: { type: "string" } } }] },
      "Invalid schema for function 'f'",
    ],
    [
      "a strict schema with optional properties",
      {
        tools: [
          {
            type: "function",
            function: {
              name: "f",
              strict: true,
              parameters: { ...schema, properties: { a: { type: "string" } } },
            },
          },
        ],
      },
      "'additionalProperties' is required",
    ],
    [
      "an output schema that is not strict enough",
      {
        response_format: {
          type: "json_schema",
          json_schema: {
            name: "a",
            strict: true,
            schema: { ...schema, properties: { a: { type: "string" } } },
          },
        },
      },
      "Invalid schema for response_format 'a'",
    ],
    ["JSON without the word", { response_format: { type: "json_object" } }, "must contain the word 'json'"],
    [
      "a retention with a hyphen",
      { prompt_cache_retention: "in-memory" },
      "Supported values are: 'in_memory' and '24h'",
    ],
    [
      "a temperature below 0",
      { temperature: -1 },
      "decimal below minimum value. Expected a value >= 0, but got -1",
    ],
    ["five stop sequences", { stop: ["a", "b", "c", "d", "e"] }, "array too long"],
  ])("%s", (_, rest, message) => {
    expect(refusalOf(body([user()], rest))).toContain(message);
  });
});

describe("models", () => {
  const plain = (model: string, rest: Body = {}): string | undefined =>
    refusalOf({ model, messages: [user()], ...rest });
  const withTools = (model: string, rest: Body = {}): string | undefined =>
    plain(model, { tools: [CHAT_TOOL], ...rest });

  test.each<[string, Body, boolean]>([
    ["gpt-4.1", {}, true],
    ["gpt-5.2", { reasoning_effort: "high" }, true],
    ["gpt-5.5", {}, true],
    ["gpt-5.5", { reasoning_effort: "none" }, true],
    ["gpt-5.5", { reasoning_effort: "low" }, false],
    ["gpt-5.6-sol", {}, false],
    ["gpt-5.6-sol", { reasoning_effort: "none" }, true],
    ["gpt-6-sol", {}, false],
    ["gpt-6-sol", { reasoning_effort: "none" }, false],
    ["gpt-6.2-astra", {}, false],
  ])("%s with tools and %j", (model, rest, isAccepted) => {
    expect(withTools(model, rest) === undefined).toBe(isAccepted);
    if (!isAccepted) expect(withTools(model, rest)).toContain("are not supported for");
  });

  test.each<[string, Body, string]>([
    [
      "gpt-5.5",
      { temperature: 0.2 },
      "Unsupported value: 'temperature' does not support 0.2 with this model",
    ],
    ["gpt-5.5", { max_tokens: 10 }, "Use 'max_completion_tokens' instead"],
    ["o3", { logprobs: true }, "Unsupported parameter: 'logprobs'"],
    ["gpt-4.1", { reasoning_effort: "low" }, "Unrecognized request argument supplied: reasoning_effort"],
    ["gpt-6.2-sol", { reasoning_effort: "none" }, "'reasoning_effort' does not support 'none'"],
    ["gpt-6.2-sol", { reasoning_effort: "max" }, "'reasoning_effort' does not support 'max'"],
    ["gpt-6.2-sol", { stop: "x" }, "Unsupported parameter: 'stop'"],
    ["gpt-4.1", { verbosity: "low" }, "'verbosity' does not support 'low'"],
    ["gpt-4o", { max_tokens: 20_000 }, "max_tokens is too large: 20000. This model supports at most 16384"],
    ["gpt-4.1", { web_search_options: {} }, "Web search options not supported with this model."],
    [
      "o1-mini",
      { messages: [{ role: "developer", content: "x" }] },
      "'messages[0].role' does not support 'developer' with this model.",
    ],
    [
      "o1-mini",
      { messages: [{ role: "system", content: "x" }] },
      "'messages[0].role' does not support 'system' with this model.",
    ],
    [
      "o3-mini",
      { messages: [user([{ type: "image_url", image_url: { url: "https://a.test/b.png" } }])] },
      "image_url is only supported by certain models",
    ],
  ])("%s with %j", (model, rest, message) => {
    expect(plain(model, rest)).toContain(message);
  });

  test("a model of the generation 5.x samples without reasoning", () => {
    expect(plain("gpt-5.6", { temperature: 0.2, reasoning_effort: "none" })).toBeUndefined();
    expect(plain("gpt-6-sol", { temperature: 0.2, reasoning_effort: "none" })).toContain("temperature");
  });
});

describe("other servers", () => {
  const at = (
    name: keyof typeof CHAT_DIALECTS,
    messages: readonly object[],
    rest: Body = {},
  ): string | undefined => {
    const { switches, models } = CHAT_DIALECTS[name];
    const [model] = models;
    return findChatRefusal({ model: model?.slug, messages, ...rest }, { model, switches })?.message;
  };

  test("Mistral wants an assistant between a result and the user, and ids of nine characters", () => {
    const id = "abcdefghi";
    expect(at("mistral", [user(), calls(call(id)), result(id), user()])).toContain("Unexpected role 'user'");
    expect(at("mistral", [user(), calls(call()), result()])).toContain("Tool call id was c1");
    expect(at("mistral", [user(), calls(call(id)), { ...result(id), name: "f" }])).toBeUndefined();
    expect(at("mistral", [user()], { max_completion_tokens: 5 })).toContain("max_completion_tokens");
  });

  test("DeepSeek wants the reasoning of a call back", () => {
    const history = (rest: object): object[] => [user(), { ...calls(call()), ...rest }, result()];
    expect(at("deepseek", history({}), { tools: [CHAT_TOOL] })).toContain("must be passed back");
    expect(at("deepseek", history({ reasoning_content: "Hm" }), { tools: [CHAT_TOOL] })).toBeUndefined();
    expect(at("deepseek", history({}))).toBeUndefined();
  });

  test("Gemini wants the signature of a call back", () => {
    const signed = { ...call(), extra_content: { google: { thought_signature: "s" } } };
    expect(at("gemini", [user(), calls(call()), result()])).toContain("missing a thought_signature");
    expect(at("gemini", [user(), calls(signed, call("c2")), result(), result("c2")])).toBeUndefined();
  });

  test("local servers want alternating roles, and ignore unknown members", () => {
    expect(at("vllm", [user(), user()])).toContain("Conversation roles must alternate");
    expect(at("vllm", [user()], { top_k: 20 })).toBeUndefined();
    expect(at("vllm", [{ role: "developer", content: "x" }, user()])).toContain("'developer'");
  });
});
