import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { prefixDigest, signThinking } from "../src/anthropic/signatures.ts";
import { CLAUDE_MODELS, type ClaudeRuleContext, findClaudeRefusal } from "../src/index.ts";
import { clientSchema, damagedBodies } from "./request-schema.ts";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

type Body = Record<string, unknown>;

const user = (content: unknown = "Hi"): object => ({ role: "user", content });
const assistant = (...content: object[]): object => ({ role: "assistant", content });
const text = (value: string, rest: object = {}): object => ({ type: "text", text: value, ...rest });
const use = (id = "toolu_1", name = "read_file"): object => ({ type: "tool_use", id, name, input: {} });
const result = (id = "toolu_1", rest: object = {}): object => ({
  type: "tool_result",
  tool_use_id: id,
  ...rest,
});
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } };
const mark = { cache_control: { type: "ephemeral" } };
const tool = { name: "read_file", input_schema: { type: "object", properties: {} } };

function body(messages: readonly object[], rest: Body = {}): Body {
  return { model: "claude-opus-4-8", max_tokens: 1000, stream: true, messages, tools: [tool], ...rest };
}

function refusalOf(candidate: Body, context: ClaudeRuleContext = {}): string | undefined {
  const model = CLAUDE_MODELS.find(({ id }) => id === candidate["model"]);
  return findClaudeRefusal(candidate, { model, ...context })?.message;
}

const GOOD: readonly Body[] = [
  body(
    [
      user([
        image,
        { type: "image", source: { type: "url", url: "https://a.test/b.png" }, ...mark },
        {
          type: "document",
          source: { type: "text", media_type: "text/plain", data: "x" },
          title: "T",
          context: "C",
          citations: { enabled: true },
        },
        { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBERi0xLjQK" } },
        { type: "search_result", source: "s", title: "t", content: [text("x")] },
        text("Look"),
      ]),
      assistant(
        text("I look.", { citations: [] }),
        { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } },
        { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
        use("toolu_1"),
        use("toolu_2"),
      ),
      user([
        result("toolu_2", { content: [text("ok"), image], is_error: false }),
        result("toolu_1", { content: "ok", ...mark }),
        text("And now?"),
      ]),
    ],
    {
      system: [text("Be brief.", { cache_control: { type: "ephemeral", ttl: "1h" } })],
      tools: [
        { ...tool, description: "d", strict: false, eager_input_streaming: true, type: "custom" },
        { type: "web_search_20260318", name: "web_search", max_uses: 3, allowed_domains: ["a.test"] },
        { type: "memory_20250818", name: "memory" },
      ],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
      thinking: { type: "adaptive", display: "summarized" },
      output_config: {
        effort: "high",
        format: {
          type: "json_schema",
          schema: { type: "object", properties: {}, additionalProperties: false },
        },
      },
      stop_sequences: ["END"],
      metadata: { user_id: "u" },
      service_tier: "auto",
    },
  ),
  body([user()], {
    model: "claude-sonnet-4-5",
    system: "Be brief.",
    temperature: 0.5,
    top_k: 5,
    cache_control: { type: "ephemeral", ttl: "5m" },
  }),
];

/** Members that the service accepts and the types do not have. */
const UNTYPED = /\.(temperature|top_k|top_p)\b/;

describe("the schema of the official client", needs(RECORDINGS), () => {
  test("accepts the bodies that the rules accept", () => {
    const problemOf = clientSchema("anthropic/messages.schema.json");
    expect(GOOD.map((good) => refusalOf(good))).toEqual(GOOD.map(() => undefined));
    expect(GOOD.map(problemOf)).toEqual(GOOD.map(() => ""));
  });

  test("refuses no body that the rules accept", () => {
    const problemOf = clientSchema("anthropic/messages.schema.json");
    const missed = GOOD.flatMap((good) =>
      [...damagedBodies(good)].filter(
        ([place, damaged]) =>
          !UNTYPED.test(place) &&
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
    ["none", [], "at least one message is required"],
    ["an empty text", [user([text("")])], "text content blocks must be non-empty"],
    [
      "an empty text in a result",
      [user(), assistant(use()), user([result("toolu_1", { content: [text("")] })])],
      "must be non-empty",
    ],
    ["white space", [user(" \u200b\n")], "must contain non-whitespace text"],
    ["an empty content", [user([])], "non-empty content"],
    ["an empty answer", [user(), assistant(), user()], "all messages must have non-empty content"],
    [
      "a call without a result",
      [user(), assistant(use("a"), use("b")), user([result("a")])],
      "`tool_use` ids were found without `tool_result` blocks immediately after: b",
    ],
    ["a call at the end", [user(), assistant(use())], "`tool_use` ids were found"],
    [
      "a result without a call",
      [user([result()])],
      "unexpected `tool_use_id` found in `tool_result` blocks: toolu_1",
    ],
    [
      "a result twice",
      [user(), assistant(use()), user([result(), result()])],
      "each tool_use must have a single result",
    ],
    [
      "an id twice",
      [user(), assistant(use()), user([result()]), assistant(use()), user([result()])],
      "ids must be unique",
    ],
    ["text before a result", [user(), assistant(use()), user([text("x"), result()])], "must come first"],
    [
      "an id of another provider",
      [user(), assistant(use("functions.Bash:0")), user([result("functions.Bash:0")])],
      "String should match pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      "an input that is no object",
      [user(), assistant({ ...use(), input: "x" }), user([result()])],
      "tool_use.input: Input should be a valid dictionary",
    ],
    [
      "a hosted tool without its result",
      [
        user(),
        assistant({ type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }),
        user(),
      ],
      "`web_search` tool use with id `srvtoolu_1` was found without a corresponding `web_search_tool_result` block",
    ],
    [
      "thinking without a signature",
      [user(), assistant({ type: "thinking", thinking: "x" }, text("y")), user()],
      "messages.1.content.0.thinking.signature: Field required",
    ],
    [
      "a foreign signature",
      [user(), assistant({ type: "thinking", thinking: "x", signature: "abc" }, text("y")), user()],
      "Invalid `signature` in `thinking` block",
    ],
    ["an image of the assistant", [user(), assistant(image), user()], "Input tag 'image'"],
    [
      "an image of another type",
      [user([{ ...image, source: { ...image.source, media_type: "image/jpeg" } }])],
      "Image does not match the provided media type image/jpeg",
    ],
    [
      "a mark on a message",
      [{ ...user(), cache_control: { type: "ephemeral" } }],
      "messages.0.cache_control: Extra inputs are not permitted",
    ],
    ["a prefill", [user(), assistant(text("{"))], "does not support assistant message prefill"],
  ])("%s", (_, messages, message) => {
    expect(refusalOf(body(messages))).toContain(message);
  });

  test("results of consecutive messages belong to the calls before", () => {
    expect(
      refusalOf(body([user(), assistant(use("a"), use("b")), user([result("a")]), user([result("b")])])),
    ).toBeUndefined();
  });
});

describe("members", () => {
  test.each<[string, Body, string]>([
    ["an unknown member", { store: false }, "store: Extra inputs are not permitted"],
    [
      "a member without its beta",
      { context_management: { edits: [] } },
      "context_management: Extra inputs are not permitted",
    ],
    [
      "five marks",
      { system: Array.from({ length: 5 }, () => text("x", mark)) },
      "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ],
    [
      "an automatic mark next to four",
      { system: Array.from({ length: 4 }, () => text("x", mark)), cache_control: { type: "ephemeral" } },
      "Found 5.",
    ],
    [
      "an hour after five minutes",
      { system: [text("x", mark), text("y", { cache_control: { type: "ephemeral", ttl: "1h" } })] },
      "must not come after a ttl='5m'",
    ],
    [
      "a combinator in a schema",
      { tools: [{ name: "f", input_schema: { type: "object", anyOf: [] } }] },
      "does not support oneOf, allOf, or anyOf at the top level",
    ],
    [
      "a schema without a type",
      { tools: [{ name: "f", input_schema: {} }] },
      "input_schema.type: Input should be 'object'",
    ],
    [
      "a name with a dot",
      { tools: [{ ...tool, name: "a.b" }] },
      "tools.0.custom.name: String should match pattern",
    ],
    ["the same tool twice", { tools: [tool, tool] }, "Tool names must be unique."],
    [
      "a strict tool with open objects",
      { tools: [{ ...tool, strict: true }] },
      "'additionalProperties' must be explicitly set to false",
    ],
    [
      "a choice without tools",
      { tools: [], tool_choice: { type: "auto" } },
      "may only be specified while providing tools",
    ],
    [
      "a choice of a missing tool",
      { tool_choice: { type: "tool", name: "x" }, thinking: { type: "disabled" } },
      "Tool 'x' not found",
    ],
    [
      "only deferred tools",
      { tools: [{ ...tool, defer_loading: true }] },
      "At least one tool must have defer_loading=false",
    ],
    [
      "bounds in an output schema",
      {
        output_config: {
          format: {
            type: "json_schema",
            schema: {
              type: "object",
              properties: { a: { type: "number", minimum: 1 } },
              additionalProperties: false,
            },
          },
        },
      },
      "property 'minimum' is not supported",
    ],
  ])("%s", (_, rest, message) => {
    expect(refusalOf(body([user()], rest))).toContain(message);
  });

  test("an unknown beta", () => {
    expect(refusalOf(body([user()]), { betas: new Set(["hologram-2026-01-01"]) })).toContain(
      "Unexpected value(s) `hologram-2026-01-01`",
    );
    const betas = new Set(["context-management-2025-06-27"]);
    expect(refusalOf(body([user()], { context_management: { edits: [] } }), { betas })).toBeUndefined();
  });
});

describe("models", () => {
  test.each<[string, Body, string]>([
    ["claude-opus-5-5", { temperature: 0.5 }, "`temperature` is deprecated for this model."],
    [
      "claude-opus-5-5",
      { thinking: { type: "disabled" } },
      '"thinking.type.disabled" is not supported for this model',
    ],
    ["claude-opus-5-5", { tool_choice: { type: "any" } }, "type 'any' is not supported for this model"],
    [
      "claude-opus-5",
      { thinking: { type: "disabled" }, output_config: { effort: "max" } },
      "not supported with effort level 'max'",
    ],
    [
      "claude-sonnet-5",
      { thinking: { type: "enabled", budget_tokens: 1024 } },
      '"thinking.type.enabled" is not supported',
    ],
    ["claude-sonnet-4-5", { thinking: { type: "adaptive" } }, '"thinking.type.adaptive" is not supported'],
    ["claude-sonnet-4-5", { output_config: { effort: "low" } }, "does not support the effort parameter"],
    [
      "claude-sonnet-4-6",
      { output_config: { effort: "xhigh" } },
      "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
    ],
    ["claude-sonnet-4-5", { temperature: 0.5, top_p: 0.5 }, "cannot both be specified"],
    [
      "claude-sonnet-4-5",
      { thinking: { type: "enabled", budget_tokens: 2000 } },
      "`max_tokens` must be greater than",
    ],
    [
      "claude-sonnet-4-5",
      { max_tokens: 70_000 },
      "max_tokens: 70000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5",
    ],
    [
      "claude-opus-4-8",
      { thinking: { type: "adaptive" }, tool_choice: { type: "any" } },
      "Thinking may not be enabled when tool_choice forces tool use.",
    ],
    ["claude-sonnet-5", { messages: [user(), { role: "system", content: "x" }] }, "messages.1.role"],
    [
      "claude-haiku-4-5",
      { messages: [user([...Array.from({ length: 101 }, () => image), text("x")])] },
      "too many images and documents: 101 > 100",
    ],
    [
      "claude-sonnet-4-5",
      { messages: [user(), assistant(text("x "))] },
      "cannot end with trailing whitespace",
    ],
    [
      "claude-sonnet-4-5",
      {
        thinking: { type: "enabled", budget_tokens: 1024 },
        max_tokens: 2000,
        messages: [user(), assistant(use()), user([result()])],
      },
      "Expected `thinking` or `redacted_thinking`, but found `tool_use`",
    ],
  ])("%s with %j", (model, rest, message) => {
    expect(refusalOf(body([user()], { model, ...rest }))).toContain(message);
  });

  test.each(["claude-haiku-5-5", "claude-fable-5"])("%s takes a forced choice", (model) => {
    expect(refusalOf(body([user()], { model, tool_choice: { type: "any" } }))).toBeUndefined();
  });
});

describe("bound thinking", () => {
  const base = body([user()], { model: "claude-opus-5-5", system: "Be brief." });
  const signature = signThinking("Hm", { model: "claude-opus-5-5", prefix: prefixDigest(base, 1) });
  const history = [
    user(),
    assistant({ type: "thinking", thinking: "Hm", signature }, text("Yes")),
    user("And?"),
  ];

  test("is accepted after the same prefix, with other marks and another form of the text", () => {
    expect(refusalOf({ ...base, messages: history })).toBeUndefined();
    const marked = [user([text("Hi", mark)]), ...history.slice(1)];
    expect(refusalOf({ ...base, messages: marked, system: [text("Be brief.", mark)] })).toBeUndefined();
  });

  test.each<[string, Body]>([
    ["another system prompt", { system: "Be long." }],
    ["another tool", { tools: [tool, { ...tool, name: "other" }] }],
    ["an edited message", { messages: [user("Ho"), ...history.slice(1)] }],
    ["a message before", { messages: [user("Before"), assistant(text("x")), ...history] }],
  ])("is refused after %s", (_, change) => {
    const changed = { ...base, messages: history, ...change };
    expect(refusalOf(changed)).toContain("The block is bound to a different conversation");
    expect(refusalOf(changed, { bindsPrefix: false })).toBeUndefined();
    const thinking = { type: "adaptive", block_binding: { prefix_mismatch_behavior: "drop_block" } };
    const betas = new Set(["thinking-binding-controls-2026-08-01"]);
    expect(refusalOf({ ...changed, thinking }, { betas })).toBeUndefined();
  });

  test("is refused with another text", () => {
    const changed = assistant({ type: "thinking", thinking: "", signature }, text("Yes"));
    expect(refusalOf({ ...base, messages: [user(), changed, user()] })).toContain("Invalid `signature`");
  });
});
