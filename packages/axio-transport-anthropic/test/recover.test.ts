import { type AxioError, type JsonObject, type ToolDefinition, userMessage } from "axio";
import { asking, collect, failureOf, textOf } from "test-support/transport-calls";
import { describe, expect, test } from "vitest";
import type { AnthropicTransportOptions } from "../src/index.ts";
import { streamOf, text, thinking, toolUse } from "./support/decode.ts";
import { objects } from "./support/request-rules.ts";
import { type Scripted, ScriptedServer } from "./support/server.ts";

const GOOD = streamOf([text("Hello")]);
const READ: ToolDefinition = {
  name: "read",
  description: "Reads a file.",
  inputSchema: {
    type: "object",
    properties: { path: { type: "string" } },
    required: ["path"],
    additionalProperties: false,
  },
  strict: true,
};

function refusal(message: string): Scripted {
  return { status: 400, body: { type: "error", error: { type: "invalid_request_error", message } } };
}

/** Runs two calls: the first is refused once. Returns the bodies, and what was said. */
async function afterRefusal(
  message: string,
  options: AnthropicTransportOptions = {},
  request: Partial<ReturnType<typeof asking>> = {},
) {
  const server = new ScriptedServer(refusal(message), GOOD);
  const warnings: AxioError[] = [];
  const transport = server.transport({ onWarning: (warning) => warnings.push(warning), ...options });
  expect(await textOf(transport.stream(asking("Hi", request)))).toBe("Hello");
  expect(await textOf(transport.stream(asking("Hi", request)))).toBe("Hello");
  const [first = {}, second = {}, third = {}] = server.requests.map(({ body }) => body);
  expect(server.requests).toHaveLength(3);
  expect(second).not.toEqual(first);
  // What was learned holds for later requests.
  expect(third).toEqual(second);
  return { first, second, warnings, server };
}

describe("a refused setting is left out of the repeated request and of later ones, and said once", () => {
  test.each<
    [
      string,
      AnthropicTransportOptions,
      Partial<ReturnType<typeof asking>>,
      (body: JsonObject) => unknown,
      unknown,
      unknown,
    ]
  >([
    [
      "tools.0.custom.eager_input_streaming: Extra inputs are not permitted",
      {},
      { tools: [READ] },
      (body) => objects(body["tools"])[0]?.["eager_input_streaming"],
      true,
      undefined,
    ],
    [
      "Schema is too complex for compilation.",
      {},
      { tools: [READ] },
      (body) => objects(body["tools"])[0]?.["strict"],
      true,
      undefined,
    ],
    [
      "Too many strict tools",
      {},
      { tools: [READ] },
      (body) => objects(body["tools"])[0]?.["strict"],
      true,
      undefined,
    ],
    [
      "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
      { model: "claude-next", reasoning: { effort: "xhigh" } },
      {},
      (body) => body["output_config"],
      { effort: "xhigh" },
      { effort: "high" },
    ],
    [
      "output_config.effort: this model does not support the effort parameter",
      { model: "claude-next", reasoning: { effort: "low" } },
      {},
      (body) => body["output_config"],
      { effort: "low" },
      undefined,
    ],
    [
      '"thinking.type.disabled" is not supported for this model. Use "adaptive".',
      { model: "claude-opus-5", thinking: "off" },
      {},
      (body) => (body["thinking"] as JsonObject | undefined)?.["type"],
      "disabled",
      "adaptive",
    ],
    [
      "adaptive thinking is not supported on this model",
      { model: "claude-opus-4-7" },
      {},
      (body) => body["thinking"],
      { type: "adaptive", display: "summarized" },
      undefined,
    ],
    [
      "tool_choice forces tool use is not compatible with this model",
      { model: "claude-next" },
      { tools: [READ], toolChoice: "required" },
      (body) => body["tool_choice"],
      { type: "any" },
      undefined,
    ],
    [
      "`temperature` is not supported for this model",
      { model: "claude-next", parameters: { temperature: 0.1 } },
      {},
      (body) => body["temperature"],
      0.1,
      undefined,
    ],
    [
      "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for claude-next",
      { model: "claude-next" },
      {},
      (body) => body["max_tokens"],
      32_000,
      8192,
    ],
    [
      "context_management: Extra inputs are not permitted",
      { parameters: { context_management: { edits: [] } } },
      {},
      (body) => body["context_management"],
      { edits: [] },
      undefined,
    ],
    [
      "service_tier: Extra inputs are not permitted",
      { parameters: { service_tier: "auto" } },
      {},
      (body) => body["service_tier"],
      "auto",
      undefined,
    ],
    [
      "system.0.cache_control: Extra inputs are not permitted",
      {},
      { system: "word ".repeat(2000) },
      (body) => objects(body["system"])[0]?.["cache_control"],
      { type: "ephemeral" },
      undefined,
    ],
    [
      "output_config.format: structured outputs are not supported",
      {},
      {
        outputFormat: {
          name: "answer",
          schema: { type: "object", properties: {}, additionalProperties: false },
        },
      },
      (body) => (body["output_config"] as JsonObject | undefined)?.["format"] !== undefined,
      true,
      false,
    ],
  ])("%s", async (message, options, request, read, before, after) => {
    const { first, second, warnings } = await afterRefusal(message, options, request);
    expect(read(first)).toEqual(before);
    expect(read(second)).toEqual(after);
    expect(warnings.filter(({ cause }) => cause !== undefined)).toHaveLength(1);
  });

  test("a beta", async () => {
    const server = new ScriptedServer(
      refusal("Unexpected value(s) `odd-1` for the `anthropic-beta` header."),
      GOOD,
    );
    const transport = server.transport({ betas: ["odd-1", "even-2"] });
    expect(await textOf(transport.stream(asking("Hi")))).toBe("Hello");
    expect(server.requests.map(({ headers }) => headers.get("anthropic-beta"))).toEqual([
      "odd-1,even-2",
      "even-2",
    ]);
  });

  test("a refusal that teaches nothing is an error at once", async () => {
    const server = new ScriptedServer(refusal("messages.0.content: odd"));
    const error = await failureOf(textOf(server.transport().stream(asking("Hi"))));
    expect([error.code, server.requests.length]).toEqual(["invalid-request", 1]);
  });

  test("a server that refuses everything is asked a limited number of times", async () => {
    const messages = [
      "`effort` is not supported",
      "thinking is not supported",
      "tool_choice is not supported",
      "cache_control: not supported",
      "tools.0.custom.eager_input_streaming: Extra inputs are not permitted",
      "Schema is too complex",
    ];
    const server = new ScriptedServer(
      ...messages.flatMap((message) => [refusal(message), refusal(message), refusal(message)]),
      refusal("thinking is not supported"),
    );
    const transport = server.transport({ reasoning: { effort: "high" } });
    await failureOf(textOf(transport.stream(asking("Hi", { tools: [READ] }))));
    expect(server.requests.length).toBeLessThan(12);
  });

  test("with strict, what cannot be sent as asked is an error, and nothing is sent", async () => {
    const server = new ScriptedServer(GOOD);
    const transport = server.transport({ strict: true, model: "claude-opus-5-5" });
    const error = await failureOf(
      textOf(transport.stream(asking("Hi", { tools: [READ], toolChoice: "required" }))),
    );
    expect([error.code, error.details]).toEqual(["unsupported-parameter", { parameter: "toolChoice" }]);
    expect(server.requests).toEqual([]);
  });
});

describe("thinking that is not accepted", () => {
  const history = [
    userMessage("Hi"),
    {
      role: "assistant" as const,
      content: [
        { type: "reasoning" as const, text: "Hm", providerData: { anthropic: { signature: "sig_1" } } },
        { type: "text" as const, text: "Hello" },
      ],
    },
    userMessage("And?"),
  ];
  const request = { system: "s", tools: [], messages: history };

  test.each([
    "messages.1.content.0: Invalid `signature` in `thinking` block",
    "messages.1.content.0.thinking.signature: Field required",
    "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.",
    "messages.1.content.0: The block is bound to a different conversation",
    "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`",
  ])("%s: one retry without it, said once", async (message) => {
    const server = new ScriptedServer(refusal(message), GOOD);
    const warnings: AxioError[] = [];
    const transport = server.transport({ onWarning: (warning) => warnings.push(warning) });
    await collect(transport.stream(request));
    await collect(transport.stream(JSON.parse(JSON.stringify(request))));
    const sent = server.requests.map(({ text: body }) => body.includes("sig_1"));
    expect(sent).toEqual([true, false, false]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain("repeated without it");
  });

  test("a refusal that repeats is an error, and no loop", async () => {
    const server = new ScriptedServer(refusal("Invalid `signature` in `thinking` block"));
    const error = await failureOf(collect(server.transport().stream(request)));
    expect([error.code, server.requests.length]).toEqual(["invalid-request", 2]);
  });

  test("thinking of another model, another host or another provider is not sent", async () => {
    const server = new ScriptedServer(streamOf([thinking("Hm", "sig_own"), text("Hello")]), GOOD);
    const first = server.transport({ model: "claude-opus-4-8" });
    const blocks = (await collect(first.stream(asking("Hi")))).flatMap((event) =>
      event.type === "block-end" ? [event.block] : [],
    );
    const foreign = {
      type: "reasoning" as const,
      text: "Foreign",
      providerData: { responses: { item: { type: "reasoning" } } },
    };
    const next = {
      system: "s",
      tools: [],
      messages: [
        userMessage("Hi"),
        { role: "assistant" as const, content: [foreign, ...blocks] },
        userMessage("And?"),
      ],
    };
    const sends = async (options: AnthropicTransportOptions): Promise<boolean> => {
      await collect(server.transport(options).stream(next));
      const sent = server.requests.at(-1)?.text ?? "";
      expect(sent).not.toContain("Foreign");
      return sent.includes("sig_own");
    };
    expect(await sends({ model: "claude-opus-4-8" })).toBe(true);
    expect(await sends({ model: "claude-opus-4-7" })).toBe(false);
    expect(
      await sends({ model: "claude-opus-4-8", baseUrl: "https://gateway.example", isAnthropic: true }),
    ).toBe(false);
    expect(await sends({ model: "claude-opus-4-8", apiKey: "sk-ant-api03-another-0123456" })).toBe(true);
  });

  test("a model that binds thinking to the account does not get that of another key", async () => {
    const server = new ScriptedServer(streamOf([thinking("Hm", "sig_own"), text("Hello")]), GOOD);
    const model = "claude-haiku-5-5";
    const blocks = (await collect(server.transport({ model }).stream(asking("Hi")))).flatMap((event) =>
      event.type === "block-end" ? [event.block] : [],
    );
    const next = {
      system: "You are a test.",
      tools: [],
      messages: [userMessage("Hi"), { role: "assistant" as const, content: blocks }, userMessage("And?")],
    };
    await collect(server.transport({ model }).stream(next));
    await collect(server.transport({ model, apiKey: "sk-ant-api03-another-0123456" }).stream(next));
    expect(server.requests.slice(1).map(({ text: body }) => body.includes("sig_own"))).toEqual([true, false]);
  });
});

describe("a paused response", () => {
  const part = (name: string) => [
    text(name),
    {
      start: { type: "server_tool_use", id: `srvtoolu_${name}`, name: "web_search", input: { query: name } },
    },
  ];
  const result = (name: string) => ({
    start: { type: "web_search_tool_result", tool_use_id: `srvtoolu_${name}`, content: [] },
  });

  test("is continued with the response so far, and reads as one", async () => {
    const server = new ScriptedServer(
      streamOf(part("a"), { stopReason: "pause_turn", usage: { input_tokens: 10, output_tokens: 5 } }),
      streamOf([result("a"), ...part("b")], {
        stopReason: "pause_turn",
        usage: { input_tokens: 20, output_tokens: 6 },
      }),
      streamOf([result("b"), text("Done.")], { usage: { input_tokens: 30, output_tokens: 7 } }),
    );
    const events = await collect(server.transport().stream(asking("Hi")));
    const ended = events.flatMap((event) => (event.type === "block-end" ? [event.index] : []));
    expect(ended).toEqual(ended.map((_, index) => index));
    expect(events.filter(({ type }) => type === "step-end")).toEqual([
      expect.objectContaining({
        stopReason: "end",
        usage: expect.objectContaining({ inputTokens: 60, outputTokens: 18 }),
        contextTokens: 37,
      }),
    ]);
    const last = objects(server.requests.at(-1)?.body["messages"]).at(-1);
    expect(last?.["role"]).toBe("assistant");
    expect(objects(last?.["content"]).map(({ type }) => type)).toEqual([
      "text",
      "server_tool_use",
      "web_search_tool_result",
      "text",
      "server_tool_use",
    ]);
  });

  test("a failure in a later part gives the earlier parts out again, and asks for the later one only", async () => {
    const broken = streamOf([text("Lost")]).slice(0, 3);
    const server = new ScriptedServer(
      streamOf([text("One.")], { stopReason: "pause_turn" }),
      broken,
      streamOf([text("Two.")]),
    );
    const events = await collect(server.transport().stream(asking("Hi")));
    const retry = events.findIndex(({ type }) => type === "retry");
    expect(events[retry]).toMatchObject({ discardedBlocks: [0, 1] });
    const after = events
      .slice(retry + 1)
      .flatMap((event) => (event.type === "block-end" ? [[event.index, event.block]] : []));
    expect(after).toEqual([
      [0, { type: "text", text: "One." }],
      [1, { type: "text", text: "Two." }],
    ]);
    expect(server.requests).toHaveLength(3);
    expect(
      await textOf(
        (async function* () {
          yield* events;
        })(),
      ),
    ).toBe("One.Two.");
  });

  test("is not continued for ever", async () => {
    const server = new ScriptedServer(streamOf([text("More.")], { stopReason: "pause_turn" }));
    const error = await failureOf(collect(server.transport().stream(asking("Hi"))));
    expect([error.code, server.requests.length]).toEqual(["server", 6]);
  });
});

describe("calls", () => {
  test("a call that was cut is not given out, and a whole one is", async () => {
    const server = new ScriptedServer(
      streamOf([toolUse("toolu_1", "read", '{"path":"a"}'), toolUse("toolu_2", "read", '{"pa')], {
        stopReason: "max_tokens",
      }),
    );
    const events = await collect(server.transport().stream(asking("Hi", { tools: [READ] })));
    expect(
      events.flatMap((event) =>
        event.type === "block-end" && event.block.type === "tool-use" ? [event.block.id] : [],
      ),
    ).toEqual(["toolu_1"]);
    expect(events.at(-1)).toMatchObject({ stopReason: "max-output-tokens" });
  });

  test("the caller of a call goes back with it", async () => {
    const caller = { type: "code_execution_20260120", tool_id: "srvtoolu_1" };
    const call = { start: { type: "tool_use", id: "toolu_1", name: "read", input: { path: "a" }, caller } };
    const server = new ScriptedServer(streamOf([call], { stopReason: "tool_use" }), GOOD);
    const transport = server.transport();
    const blocks = (await collect(transport.stream(asking("Hi")))).flatMap((event) =>
      event.type === "block-end" ? [event.block] : [],
    );
    expect(blocks).toMatchObject([{ type: "tool-use", input: { path: "a" } }]);
    await collect(
      transport.stream({
        system: "",
        tools: [READ],
        messages: [
          userMessage("Hi"),
          { role: "assistant", content: blocks },
          userMessage([{ type: "tool-result", toolCallId: "toolu_1", content: "" }]),
        ],
      }),
    );
    const [, sent, results] = objects(server.requests.at(-1)?.body["messages"]);
    expect(objects(sent?.["content"])).toEqual([
      { type: "tool_use", id: "toolu_1", name: "read", input: { path: "a" }, caller },
    ]);
    expect(objects(results?.["content"])).toEqual([{ type: "tool_result", tool_use_id: "toolu_1" }]);
  });
});
