import {
  AxioError,
  type Block,
  type ImageBlock,
  type Message,
  type TextBlock,
  type ToolDefinition,
  userMessage,
  webSearchTool,
} from "axio";
import { describe, expect, test } from "vitest";
import { deferLoading, mcpServerTool, toolSearchTool, withTrainedDefinition } from "../src/index.ts";
import type { RequestOptions } from "../src/request/options.ts";
import { build, messagesOf } from "./support/build.ts";
import { requestJudge } from "./support/fixtures.ts";
import { faultsOf, marksIn, objects } from "./support/request-rules.ts";

const judge = requestJudge();
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const text = (said: string): TextBlock => ({ type: "text", text: said });
const assistant = (...content: readonly Block[]): Message => ({ role: "assistant", content });
const user = (...content: readonly Block[]): Message => ({ role: "user", content });
const image = (mediaType: string, data = PNG): ImageBlock => ({
  type: "image",
  mediaType,
  source: { kind: "base64", data },
});
const call = (id: string): Block => ({ type: "tool-use", id, name: "read", input: {} });
const result = (toolCallId: string, content: string | readonly Block[] = "ok"): Block =>
  ({ type: "tool-result", toolCallId, content }) as Block;
const READ: ToolDefinition = {
  name: "read",
  description: "Reads a file.",
  inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};

function contentsOf(messages: readonly Message[]) {
  const built = build(messages, { tools: [READ] });
  expect(faultsOf(built.body)).toEqual([]);
  expect(judge(built.body)).toBe("");
  return messagesOf(built).map(({ role, content }) => [role, objects(content)]);
}

describe("messages", () => {
  test("results come first, all of one step in one message, in the order of the calls", () => {
    const [, , results] = contentsOf([
      userMessage("Hi"),
      assistant(call("a"), call("b")),
      user(text("And?"), result("b", "B")),
      user(result("a", "A")),
    ]);
    expect(results).toEqual([
      "user",
      [
        { type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "A" }] },
        { type: "tool_result", tool_use_id: "b", content: [{ type: "text", text: "B" }] },
        { type: "text", text: "And?" },
      ],
    ]);
  });

  test("a call without a result gets an error, and a result without a call becomes text", () => {
    const sent = JSON.stringify(
      contentsOf([
        userMessage("Hi"),
        assistant(call("a")),
        userMessage("Go on"),
        user(result("gone", "Lost and found")),
      ]),
    );
    expect(sent).toContain('"is_error":true');
    expect(sent).toContain("Lost and found");
  });

  test("blank text is dropped, an empty step is dropped, an empty message is (empty)", () => {
    expect(contentsOf([user(text(" \u200b\n")), assistant(text("")), user(text("Hi"), text(" "))])).toEqual([
      ["user", [{ type: "text", text: "Hi" }]],
    ]);
    expect(contentsOf([user(text(" "))])).toEqual([["user", [{ type: "text", text: "(empty)" }]]]);
  });

  test("a history that begins or ends with the assistant begins and ends with the user", () => {
    expect(contentsOf([assistant(text("Hello"))]).map(([role]) => role)).toEqual([
      "user",
      "assistant",
      "user",
    ]);
  });

  test("ids of other providers are fitted alike in calls and results, and stay apart", () => {
    const ids = ["functions.Bash:0", "functions.Bash.0", "call_1|fc_2", "x".repeat(100), "", "toolu_ok"];
    const sent = contentsOf([
      userMessage("Hi"),
      assistant(...ids.map(call)),
      user(...ids.map((id) => result(id))),
    ]);
    const called = objects(sent[1]?.[1]).map(({ id }) => id);
    expect(new Set(called).size).toBe(ids.length);
    expect(called.at(-1)).toBe("toolu_ok");
    expect(objects(sent[2]?.[1]).map(({ tool_use_id: id }) => id)).toEqual(called);
  });

  test("a history of Codex is valid: ids, encrypted reasoning, hosted tools, images of the assistant, system messages", () => {
    const sent = contentsOf([
      { role: "system", content: [text("Old rule.")] },
      userMessage("Hi"),
      assistant(
        {
          type: "reasoning",
          text: "Secret",
          providerData: { responses: { item: { type: "reasoning", encrypted_content: "x" } } },
        },
        {
          type: "hosted-tool",
          name: "web-search",
          input: {},
          providerData: { responses: { item: { type: "web_search_call", id: "ws_1" } } },
        },
        text(""),
        image("image/png"),
        { ...call("call_1|fc_1"), providerData: { responses: { item: { type: "function_call" } } } } as Block,
      ),
      user(result("call_1|fc_1", [image("image/png"), text("seen")])),
    ]);
    expect(JSON.stringify(sent)).not.toContain("Secret");
    expect(sent.map(([role]) => role)).toEqual(["user", "assistant", "user"]);
    expect(
      build([{ role: "system", content: [text("Old rule.")] }, userMessage("Hi")]).body["system"],
    ).toMatchObject([{ text: "Be brief.\n\nOld rule." }]);
  });

  test("input that is not JSON goes back in an object", () => {
    const sent = contentsOf([
      userMessage("Hi"),
      assistant({ type: "tool-use", id: "a", name: "read", input: null, inputText: '{"x": D' }),
      user(result("a")),
    ]);
    expect(sent[1]?.[1]).toMatchObject([{ input: { INVALID_JSON: '{"x": D' } }]);
  });

  test("an error result is text only, and an empty one has no content", () => {
    const failed: Block = {
      type: "tool-result",
      toolCallId: "a",
      content: [text("No"), image("image/png")],
      isError: true,
    };
    const sent = contentsOf([
      userMessage("Hi"),
      assistant(call("a"), call("b")),
      user(failed, result("b", "")),
    ]);
    expect(sent[2]?.[1]).toEqual([
      {
        type: "tool_result",
        tool_use_id: "a",
        content: [
          { type: "text", text: "No" },
          { type: "text", text: expect.stringContaining("left out") },
        ],
        is_error: true,
      },
      { type: "tool_result", tool_use_id: "b" },
    ]);
  });

  test("a refused step is not sent again, and neither is what led to it", () => {
    const refusal: Block = {
      type: "text",
      text: "Refused.",
      refusal: true,
      providerData: { anthropic: { refused: true } },
    };
    const sent = contentsOf([
      userMessage("First"),
      assistant(text("Fine")),
      userMessage("Forbidden"),
      assistant(text("Partial"), refusal),
      userMessage("Next"),
    ]);
    expect(JSON.stringify(sent)).not.toMatch(/Forbidden|Partial|Refused\./);
    expect(sent.at(-1)).toEqual([
      "user",
      [
        { type: "text", text: expect.stringContaining("left out") },
        { type: "text", text: "Next" },
      ],
    ]);
  });
});

describe("content", () => {
  test("images and files, with the type of their bytes", () => {
    const pdf: Block = {
      type: "file",
      mediaType: "application/octet-stream",
      name: "a.pdf",
      source: { kind: "base64", data: "JVBERi0xLjQK" },
    };
    const notes: Block = {
      type: "file",
      mediaType: "text/markdown",
      name: "n.md",
      source: { kind: "base64", data: btoa("# Hi") },
    };
    const link: Block = {
      type: "image",
      mediaType: "image/png",
      source: { kind: "url", url: "https://a.test/b.png" },
    };
    expect(contentsOf([user(image("image/jpeg"), pdf, notes, link)])[0]?.[1]).toEqual([
      { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: "JVBERi0xLjQK" },
        title: "a.pdf",
      },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "# Hi" }, title: "n.md" },
      { type: "image", source: { type: "url", url: "https://a.test/b.png" } },
    ]);
  });

  test("citations of a document are asked for by its provider data", () => {
    const cited: Block = {
      type: "file",
      mediaType: "text/plain",
      source: { kind: "base64", data: btoa("Hi") },
      providerData: { anthropic: { members: { citations: { enabled: true } } } },
    };
    expect(contentsOf([user(cited)])[0]?.[1]).toMatchObject([{ citations: { enabled: true } }]);
  });

  test.each<[string, Block]>([
    ["a TIFF image", image("image/tiff", "SUkqAA==")],
    ["data that is not an image", image("image/png", "AAAA")],
    ["an image of 6 MB", image("image/png", PNG.slice(0, 12) + "A".repeat(8_000_000))],
    ["audio", { type: "file", mediaType: "audio/wav", source: { kind: "base64", data: "UklGRg==" } }],
    ["a video", { type: "file", mediaType: "video/mp4", source: { kind: "base64", data: "AAAA" } }],
    [
      "a zip file by URL",
      { type: "file", mediaType: "application/zip", source: { kind: "url", url: "https://a.test/a.zip" } },
    ],
    [
      "a local file",
      { type: "image", mediaType: "image/png", source: { kind: "url", url: "file:///etc/passwd" } },
    ],
  ])("%s is refused in the newest message, and a note in an older one", (_name, block) => {
    expect(() => build([user(block)])).toThrow(expect.objectContaining({ code: "unsupported-content" }));
    expect(JSON.stringify(contentsOf([user(block), assistant(text("Hm")), userMessage("And?")]))).toContain(
      "left out",
    );
  });

  test("more images than a model accepts: the oldest become notes, said once; in one message they are refused", () => {
    const many = (count: number): Message => user(...Array.from({ length: count }, () => image("image/png")));
    const model = "claude-sonnet-4-5";
    const { body, warnings } = build([many(90), assistant(text("Hm")), many(15)], { model });
    expect(JSON.stringify(body).match(/"type":"image"/g)).toHaveLength(85);
    expect(warnings).toMatchObject([{ code: "unsupported-content" }]);
    expect(() => build([many(101)], { model })).toThrow(
      expect.objectContaining({
        code: "unsupported-content",
        message: expect.stringContaining("101 images"),
      }),
    );
    expect(JSON.stringify(build([many(101)]).body).match(/"type":"image"/g)).toHaveLength(101);
  });
});

describe("tools", () => {
  test("strict tools are enforced as far as the API compiles them, with optional properties", () => {
    const tools = Array.from(
      { length: 22 },
      (_, index): ToolDefinition => ({
        name: `t${index}`,
        description: "",
        inputSchema: {
          type: "object",
          properties: { a: { type: "string", minLength: 3 }, b: { type: "number" } },
          required: ["a"],
          additionalProperties: false,
        },
        strict: true,
      }),
    );
    const { body, warnings } = build([userMessage("Hi")], { tools });
    const sent = objects(body["tools"]);
    expect(sent.filter(({ strict }) => strict === true)).toHaveLength(20);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('"t20"'),
      expect.stringContaining('"t21"'),
    ]);
    expect(sent[0]).toMatchObject({
      eager_input_streaming: true,
      input_schema: { required: ["a"], additionalProperties: false },
    });
    expect(JSON.stringify(sent[0])).toContain("minLength");
  });

  test("hosted tools and definitions that the API knows", () => {
    const tools = [
      webSearchTool({ allowedDomains: ["a.test"] }),
      toolSearchTool("regex"),
      deferLoading(READ),
      withTrainedDefinition({ ...READ, name: "memory" }, "memory_20250818"),
      mcpServerTool({
        name: "files",
        url: "https://mcp.test",
        authorizationToken: "secret",
        allowedTools: ["list"],
      }),
    ];
    const { body, betas } = build([userMessage("Hi")], { tools });
    expect(judge(body)).toBe("");
    expect(betas).toEqual(["mcp-client-2025-11-20"]);
    expect(body["mcp_servers"]).toEqual([
      { type: "url", url: "https://mcp.test", name: "files", authorization_token: "secret" },
    ]);
    expect(
      objects(body["tools"]).map(({ type, name, defer_loading: isDeferred }) => [type, name, isDeferred]),
    ).toEqual([
      ["web_search_20250305", "web_search", undefined],
      ["tool_search_tool_regex_20251119", "tool_search_tool_regex", undefined],
      [undefined, "read", true],
      ["memory_20250818", "memory", undefined],
      ["mcp_toolset", undefined, undefined],
    ]);
  });

  test("a tool that another provider runs, and two tools of one name, are refused", () => {
    const foreign: ToolDefinition = { ...READ, hosted: { type: "image-generation" } };
    expect(() => build([userMessage("Hi")], { tools: [foreign] })).toThrow(
      expect.objectContaining({ code: "unsupported-parameter" }),
    );
    expect(() => build([userMessage("Hi")], { tools: [READ, READ] })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  test("a request without tools defines those of its history, and forbids them", () => {
    const { body } = build([userMessage("Hi"), assistant(call("a")), user(result("a"))]);
    expect([body["tools"], body["tool_choice"]]).toEqual([
      [{ name: "read", input_schema: { type: "object" } }],
      { type: "none" },
    ]);
  });
});

describe("structured output", () => {
  const schema = {
    type: "object",
    properties: { town: { type: "string" } },
    required: ["town"],
    additionalProperties: false,
  } as const;
  const outputFormat = { name: "answer", schema };

  test("is enforced by the API, or told in words", () => {
    expect(build([userMessage("Hi")], { options: { outputFormat } }).body["output_config"]).toEqual({
      format: { type: "json_schema", schema },
    });
    const told = build([userMessage("Hi")], { model: "claude-sonnet-4", options: { outputFormat } });
    expect(told.body["output_config"]).toBeUndefined();
    expect(JSON.stringify(told.body["system"])).toContain("JSON Schema");
    expect(told.warnings).toHaveLength(1);
  });

  test("that must be strict and cannot be is an error", () => {
    const open = { name: "answer", schema: { type: "object" }, strict: true } as const;
    expect(() => build([userMessage("Hi")], { options: { outputFormat: open } })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

describe("cache breakpoints", () => {
  const SYSTEM = "Careful. ".repeat(1000);
  const tools = [{ ...READ, description: "Reads. ".repeat(1000) }];
  const long = (said: string): Block => text(said.repeat(200));
  const marksOf = (messages: readonly Message[], options: RequestOptions = {}) => {
    const { body } = build(messages, { system: SYSTEM, tools, options });
    expect(faultsOf(body)).toEqual([]);
    return marksIn(body).map(({ name, type, text: said, tool_use_id: id, cache_control: mark }) => [
      name ?? id ?? (type === "text" ? String(said).slice(0, 3) : type),
      mark,
    ]);
  };
  const short = { type: "ephemeral" };

  test("are at the tools, the system prompt, the end of the input before, and the newest end", () => {
    const calls = Array.from({ length: 25 }, (_, index) => `c${index}`);
    const messages = [
      userMessage([long("One")]),
      assistant(...calls.map(call)),
      user(...calls.map((id) => result(id))),
    ];
    expect(marksOf(messages)).toEqual([
      ["read", short],
      ["Car", short],
      ["One", short],
      ["c24", short],
    ]);
  });

  test("never stand on thinking, and keep tools and system prompt for an hour if asked", () => {
    const hidden: Block = { type: "reasoning", text: "Hm", providerData: { anthropic: { signature: "s" } } };
    const messages = [
      userMessage([long("One")]),
      assistant(hidden, text("Fine")),
      userMessage([long("Two")]),
    ];
    const hour = { type: "ephemeral", ttl: "1h" };
    expect(marksOf(messages, { cache: { lifetime: "1h" } })).toEqual([
      ["read", hour],
      ["Car", hour],
      ["One", short],
      ["Two", short],
    ]);
  });

  test("of the caller count among the four", () => {
    const own = (said: string): Block => ({
      ...text(said),
      providerData: { anthropic: { cacheControl: {} } },
    });
    expect(
      marksOf([
        userMessage([own("a")]),
        assistant(text("b")),
        userMessage([own("c"), own("d"), long("End")]),
      ]),
    ).toHaveLength(4);
    const { body } = build([userMessage([long("One")])], {
      system: SYSTEM,
      tools,
      options: { parameters: { cache_control: short } },
    });
    expect(marksIn(body)).toHaveLength(2);
    expect(faultsOf(body)).toEqual([]);
  });

  test("are not set below the smallest prefix that is cached, or with cache: false", () => {
    expect(marksIn(build([userMessage("Hi")], { tools: [READ] }).body)).toEqual([]);
    expect(marksOf([userMessage([long("One")])], { cache: false })).toEqual([]);
  });
});

describe("parameters", () => {
  test("those of context management bring their betas", () => {
    const edits = [{ type: "clear_tool_uses_20250919" }, { type: "compact_20260112" }];
    const { body, betas } = build([userMessage("Hi")], {
      options: { parameters: { context_management: { edits } } },
    });
    expect(judge(body)).toBe("");
    expect(betas).toEqual(["context-management-2025-06-27", "compact-2026-01-12"]);
  });

  test("a container is used again as long as it exists and code may run", () => {
    const container: Block = {
      type: "opaque",
      kind: "container",
      providerData: { anthropic: { container: "c_1", expiresAt: 100 } },
    };
    const messages = [userMessage("Hi"), assistant(text("Ran."), container), userMessage("More")];
    const code: ToolDefinition = {
      ...READ,
      hosted: { type: "provider" },
      providerData: { anthropic: { type: "code_execution_20260521", name: "code_execution" } },
    };
    expect(build(messages, { tools: [code], now: 99 }).body["container"]).toBe("c_1");
    expect(build(messages, { tools: [code], now: 100 }).body["container"]).toBeUndefined();
    expect(build(messages, { tools: [READ], now: 99 }).body["container"]).toBeUndefined();
  });

  test("warnings are errors with a code", () => {
    const { warnings } = build([userMessage("Hi")], {
      options: { maxTokens: 1e9, reasoning: { effort: "extreme" } },
    });
    expect(warnings.every((warning) => AxioError.is(warning, "unsupported-parameter"))).toBe(true);
    expect(warnings).toHaveLength(2);
  });
});
