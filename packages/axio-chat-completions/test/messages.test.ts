import { assistantMessage, type Block, type Message, type ToolResultContent, userMessage } from "axio";
import { describe, expect, test } from "vitest";
import { buildChatBody, type ChatMessage, DIALECTS, type Dialect, defineDialect } from "../src/index.ts";

const TOOL = { name: "f", description: "Does it.", inputSchema: { type: "object", properties: {} } };

function convert(
  messages: readonly Message[],
  dialect: Dialect = DIALECTS.openai,
  options: {
    readonly origin?: string;
    readonly system?: string;
    readonly hasTools?: boolean;
    readonly model?: string;
  } = {},
): readonly ChatMessage[] {
  const { origin, system = "", hasTools = true, model = "m" } = options;
  return buildChatBody({ dialect, model, system, messages, tools: hasTools ? [TOOL] : [], origin }).messages;
}

function use(id: string, input: unknown = {}, more: Partial<Block> = {}): Block {
  return { type: "tool-use", id, name: "f", input: input as null, ...more } as Block;
}

function result(toolCallId: string, content: string | readonly ToolResultContent[] = "ok"): Block {
  return { type: "tool-result", toolCallId, content };
}

const PNG = { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AAAA" } } as const;
const PNG_PART = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };

describe("the system prompt", () => {
  test("comes first, with the texts of system messages", () => {
    const messages: Message[] = [
      { role: "system", content: [{ type: "text", text: "Be kind." }] },
      userMessage("Hi"),
    ];
    expect(convert(messages, DIALECTS.vllm, { system: "Be brief." })).toEqual([
      { role: "system", content: "Be brief.\n\nBe kind." },
      { role: "user", content: "Hi" },
    ]);
  });

  test.each([
    ["gpt-4.1", "system"],
    ["gpt-5.2", "developer"],
    ["o3-mini", "developer"],
    ["o1-mini", "system"],
    ["gpt-5-chat-latest", "system"],
    ["gpt-4o", "system"],
  ])("for %s has the role %s at OpenAI, and system elsewhere", (model, role) => {
    const request = { model, system: "Be brief.", messages: [userMessage("Hi")], tools: [] };
    expect(buildChatBody({ ...request, dialect: DIALECTS.openai }).messages[0]?.role).toBe(role);
    expect(buildChatBody({ ...request, dialect: DIALECTS.openrouter }).messages[0]?.role).toBe("system");
  });
});

describe("text", () => {
  test("is a string, with a blank line between blocks and between messages of one side", () => {
    const messages = [
      userMessage("a"),
      userMessage([
        { type: "text", text: "b" },
        { type: "text", text: "" },
        { type: "text", text: "c" },
      ]),
      assistantMessage("d"),
      assistantMessage([{ type: "text", text: "No.", refusal: true }]),
      userMessage("e"),
    ];
    expect(convert(messages)).toEqual([
      { role: "user", content: "a\n\nb\n\nc" },
      { role: "assistant", content: "d\n\nNo." },
      { role: "user", content: "e" },
    ]);
  });

  test("that is not well-formed is repaired", () => {
    expect(convert([userMessage("a\ud83d b"), assistantMessage("😀\udc00")])).toEqual([
      { role: "user", content: "a\ufffd b" },
      { role: "assistant", content: "😀\ufffd" },
    ]);
  });

  test("is demanded: an empty conversation is refused", () => {
    expect(() => convert([])).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    expect(() => convert([userMessage("")])).toThrow("Write a prompt");
  });

  test("of an assistant that says nothing is left out", () => {
    const messages = [
      userMessage("a"),
      assistantMessage([{ type: "reasoning", text: "Hm" }]),
      userMessage("b"),
    ];
    expect(convert(messages)).toEqual([{ role: "user", content: "a\n\nb" }]);
  });
});

describe("calls and results", () => {
  test("are one assistant message and a tool message for each call, before what the user wrote", () => {
    const messages = [
      userMessage("Go"),
      assistantMessage([{ type: "text", text: "I look." }, use("a", { x: 1 }), use("b")]),
      userMessage([{ type: "text", text: "Also this." }, result("b", "two"), result("a", "one")]),
    ];
    expect(convert(messages)).toEqual([
      { role: "user", content: "Go" },
      {
        role: "assistant",
        content: "I look.",
        tool_calls: [
          { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
          { id: "b", type: "function", function: { name: "f", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: "one" },
      { role: "tool", tool_call_id: "b", content: "two" },
      { role: "user", content: "Also this." },
    ]);
  });

  test("of several assistant messages in a row are one step", () => {
    const messages = [
      assistantMessage([use("a")]),
      assistantMessage([use("b")]),
      userMessage([result("a"), result("b")]),
    ];
    expect(convert(messages).map(({ role }) => role)).toEqual(["assistant", "tool", "tool"]);
  });

  test("a call without a result gets one that says so", () => {
    expect(convert([assistantMessage([use("a")]), userMessage("Go on")]).slice(1)).toEqual([
      {
        role: "tool",
        tool_call_id: "a",
        content: "Error: The call was interrupted before it gave a result.",
      },
      { role: "user", content: "Go on" },
    ]);
  });

  test("a result without a call is text of the user", () => {
    const messages = [
      userMessage([result("gone", "42")]),
      assistantMessage("Hm"),
      userMessage([result("gone", [PNG])]),
    ];
    expect(convert(messages)).toEqual([
      {
        role: "user",
        content: "The result of the tool call gone, which is no longer part of this conversation:\n\n42",
      },
      { role: "assistant", content: "Hm" },
      {
        role: "user",
        content: [
          {
            type: "text",
            text: "The result of the tool call gone, which is no longer part of this conversation:",
          },
          PNG_PART,
        ],
      },
    ]);
  });

  test("a second result for one call, and a result after another step, are text of the user", () => {
    const messages = [
      assistantMessage([use("a")]),
      userMessage([result("a", "first"), result("a", "second")]),
      assistantMessage("Done"),
      userMessage([result("a", "late")]),
    ];
    const sent = convert(messages);
    expect(sent.filter(({ role }) => role === "tool")).toHaveLength(1);
    expect(JSON.stringify(sent)).toContain("second");
    expect(JSON.stringify(sent)).toContain("late");
  });

  test("two calls with one id get ids of their own, the same each time", () => {
    const messages = [
      assistantMessage([use("a"), use("a")]),
      userMessage([result("a", "one"), result("a", "two")]),
      assistantMessage([use("a")]),
      userMessage([result("a", "three")]),
    ];
    const sent = convert(messages);
    const ids = sent.flatMap((message) => (message.role === "tool" ? [message.tool_call_id] : []));
    expect(ids[0]).toBe("a");
    expect(new Set(ids).size).toBe(3);
    expect(convert(messages)).toEqual(sent);
    // What came before stays as it was.
    expect(convert(messages.slice(0, 2))).toEqual(sent.slice(0, 3));
  });

  test.each([
    ["", /^\w{12}$/],
    ["toolu:1", /^toolu1\w{12}$/],
    ["x".repeat(80), /^x{52}\w{12}$/],
    ["call_1", /^call_1$/],
  ])("the id %j becomes one that the API accepts", (id, pattern) => {
    const [call, answer] = convert([assistantMessage([use(id)]), userMessage([result(id)])]);
    const sent = call?.role === "assistant" ? call.tool_calls?.[0]?.id : undefined;
    expect(sent).toMatch(pattern);
    expect(answer).toMatchObject({ tool_call_id: sent });
  });

  test("Mistral gets ids of nine letters and digits, and keeps its own", () => {
    const own = use("D681PevKs", {}, { providerData: { chat: { origin: "here" } } });
    const kimi = use("functions.f:0", {}, { providerData: { chat: { origin: "here" } } });
    const messages = [assistantMessage([own, use("call_1"), use("call_2"), kimi]), userMessage("x")];
    const ids = convert(messages, DIALECTS.mistral, { origin: "here" }).flatMap((message) =>
      message.role === "tool" ? [message.tool_call_id] : [],
    );
    expect(ids).toEqual([
      "D681PevKs",
      expect.stringMatching(/^[a-z0-9]{9}$/),
      expect.stringMatching(/^[a-z0-9]{9}$/),
      "functions.f:0",
    ]);
    expect(new Set(ids).size).toBe(4);
  });

  test.each([
    [{ input: { a: 1 }, inputText: '{"a": 1.0}' }, '{"a": 1.0}'],
    [{ input: null, inputText: '{"a":' }, '{"input":"{\\"a\\":"}'],
    [{ input: {}, inputText: "" }, "{}"],
    [{ input: null }, "{}"],
    [{ input: "free text", inputText: "free text" }, '{"input":"free text"}'],
    [{ input: [1] }, '{"input":[1]}'],
  ])("arguments of %j are always an object", (members, expected) => {
    const [message] = convert([assistantMessage([use("a", {}, members as object)])]);
    expect(message).toMatchObject({ tool_calls: [{ function: { arguments: expected } }] });
  });

  test("names that the API refuses are fitted, alike in tools and history", () => {
    const tools = ["my.tool", "my_tool", "x".repeat(70)].map((name) => ({ ...TOOL, name }));
    const body = buildChatBody({
      dialect: DIALECTS.openai,
      model: "m",
      system: "",
      messages: [
        assistantMessage([
          use("a", {}, { name: "my.tool" } as object),
          use("b", {}, { name: "my_tool" } as object),
          use("c", {}, { name: "" } as object),
        ]),
      ],
      tools,
      options: { toolChoice: { name: "my.tool" } },
    });
    const names = body.tools?.map((tool) => tool.function.name) ?? [];
    expect(names).toEqual([
      expect.stringMatching(/^my_tool_\w{8}$/),
      "my_tool",
      expect.stringMatching(/^x{55}_\w{8}$/),
    ]);
    const [message] = body.messages;
    expect(message).toMatchObject({
      tool_calls: [
        { function: { name: names[0] } },
        { function: { name: "my_tool" } },
        { function: { name: "_" } },
      ],
    });
    expect(body.tool_choice).toEqual({ type: "function", function: { name: names[0] } });
  });

  test("failed results begin with Error", () => {
    const failed = (content: string | readonly ToolResultContent[]): Block => ({
      type: "tool-result",
      toolCallId: "a",
      content,
      isError: true,
    });
    const contentOf = (block: Block): unknown =>
      convert([assistantMessage([use("a")]), userMessage([block])])[1]?.content;
    expect(contentOf(failed("no file"))).toBe("Error: no file");
    expect(contentOf(failed("error 5"))).toBe("error 5");
    expect(contentOf(failed([]))).toBe("Error");
    expect(contentOf(result("a", []))).toBe("");
  });

  test("carry the tool's name and follow an assistant message where Mistral demands it", () => {
    const messages = [assistantMessage([use("a")]), userMessage([result("a"), { type: "text", text: "Hi" }])];
    expect(convert(messages, DIALECTS.mistral).slice(1)).toEqual([
      { role: "tool", tool_call_id: expect.any(String), name: "f", content: "ok" },
      { role: "assistant", content: "I have read the results." },
      { role: "user", content: "Hi" },
    ]);
  });

  test("without text have the content that the server accepts", () => {
    const messages = [assistantMessage([use("a")])];
    expect(convert(messages)[0]).toMatchObject({ content: null });
    expect(convert(messages, DIALECTS.mistral)[0]).toMatchObject({ content: "" });
  });
});

describe("images and files", () => {
  test.each<[string, Block, unknown]>([
    ["an image", PNG, PNG_PART],
    [
      "an image with detail",
      { ...PNG, detail: "original" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "high" } },
    ],
    [
      "an image by URL",
      { ...PNG, source: { kind: "url", url: "https://a.example/x.png" } },
      { type: "image_url", image_url: { url: "https://a.example/x.png" } },
    ],
    [
      "an image in a data URL with a type in upper case",
      { ...PNG, mediaType: "", source: { kind: "url", url: "data:IMAGE/JPG;base64,AA-_\n" } },
      { type: "image_url", image_url: { url: "data:image/jpeg;base64,AA+/" } },
    ],
    [
      "a PDF",
      { type: "file", mediaType: "application/pdf", source: { kind: "base64", data: "AAAA" }, name: "a.pdf" },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
    ],
    [
      "a recording",
      { type: "file", mediaType: "audio/mpeg", source: { kind: "base64", data: "AAA" } },
      { type: "input_audio", input_audio: { data: "AAA=", format: "mp3" } },
    ],
  ])("%s of the user is a part", (_what, block, part) => {
    expect(convert([userMessage([{ type: "text", text: "Look:" }, block])])).toEqual([
      { role: "user", content: [{ type: "text", text: "Look:" }, part] },
    ]);
  });

  test("a text file is text", () => {
    const file: Block = {
      type: "file",
      mediaType: "text/markdown",
      source: { kind: "base64", data: btoa("# Title") },
      name: "a.md",
    };
    expect(convert([userMessage([file])], DIALECTS.ollama)).toEqual([
      { role: "user", content: 'The file "a.md":\n\n# Title' },
    ]);
  });

  const unsupported: readonly (readonly [string, Block, Dialect, string])[] = [
    ["images", PNG, DIALECTS.deepseek, "DeepSeek does not read images"],
    [
      "images by URL",
      { ...PNG, source: { kind: "url", url: "https://a.example" } },
      DIALECTS.ollama,
      "by URL",
    ],
    ["SVG", { ...PNG, mediaType: "image/svg+xml" }, DIALECTS.openai, '"image/svg+xml"'],
    ["an empty image", { ...PNG, source: { kind: "base64", data: "" } }, DIALECTS.openai, "is empty"],
    ["an image without a URL", { ...PNG, source: { kind: "url", url: "" } }, DIALECTS.openai, "is empty"],
    [
      "a broken image",
      { ...PNG, source: { kind: "base64", data: "%" } },
      DIALECTS.openai,
      "not valid base64",
    ],
    [
      "a huge image",
      { ...PNG, source: { kind: "base64", data: "A".repeat(28_000_000) } },
      DIALECTS.openai,
      "20.0 MiB, more than",
    ],
    [
      "a PDF",
      { type: "file", mediaType: "application/pdf", source: { kind: "base64", data: "AAAA" } },
      DIALECTS.groq,
      "application/pdf",
    ],
    [
      "a PDF by URL",
      { type: "file", mediaType: "application/pdf", source: { kind: "url", url: "https://a.example" } },
      DIALECTS.openai,
      "by URL",
    ],
    [
      "a ZIP",
      { type: "file", name: "a.zip", mediaType: "application/zip", source: { kind: "base64", data: "AAAA" } },
      DIALECTS.openai,
      'The file "a.zip"',
    ],
    [
      "FLAC",
      { type: "file", mediaType: "audio/flac", source: { kind: "base64", data: "AAAA" } },
      DIALECTS.openai,
      "only wav and mp3",
    ],
    [
      "audio",
      { type: "file", mediaType: "audio/wav", source: { kind: "base64", data: "AAAA" } },
      DIALECTS.groq,
      "does not read audio",
    ],
    [
      "audio by URL",
      { type: "file", mediaType: "audio/wav", source: { kind: "url", url: "https://a.example" } },
      DIALECTS.openai,
      "by URL",
    ],
  ];

  test.each(unsupported)("%s in the newest message are refused", (_what, block, dialect, words) => {
    expect(() => convert([userMessage("a"), userMessage([block])], dialect)).toThrow(
      expect.objectContaining({ code: "unsupported-content", message: expect.stringContaining(words) }),
    );
  });

  test.each(unsupported)(
    "%s in older messages and in results become a note",
    (_what, block, dialect, words) => {
      const messages = [
        userMessage([block]),
        assistantMessage([use("a")]),
        userMessage([result("a", [block as ToolResultContent])]),
        userMessage("Go on"),
      ];
      const [first, , answer] = convert(messages, dialect);
      expect(first?.content).toMatch(/^\[.* was left out\. .*\.\]$/);
      expect(first?.content).toContain(words);
      expect(answer?.content).toBe(first?.content);
    },
  );

  test("of tool results follow all results of the step, in one user message with what the user wrote", () => {
    const messages = [
      assistantMessage([use("a"), use("b")]),
      userMessage([
        result("a", [{ type: "text", text: "Shot" }, PNG]),
        result("b"),
        { type: "text", text: "Look at it." },
      ]),
    ];
    expect(convert(messages).slice(1)).toEqual([
      {
        role: "tool",
        tool_call_id: "a",
        content: "Shot\n\n[See the image in the message after the tool results.]",
      },
      { role: "tool", tool_call_id: "b", content: "ok" },
      {
        role: "user",
        content: [
          { type: "text", text: "From the result of the tool f:" },
          PNG_PART,
          { type: "text", text: "Look at it." },
        ],
      },
    ]);
  });

  test("of tool results stay in the result if the server reads them there", () => {
    const dialect = defineDialect({ toolResultImages: "inline" });
    const messages = [assistantMessage([use("a")]), userMessage([result("a", [PNG])])];
    expect(convert(messages, dialect).slice(1)).toEqual([
      { role: "tool", tool_call_id: "a", content: [PNG_PART] },
    ]);
  });

  test("of the assistant go back with the next user message", () => {
    const messages = [userMessage("Draw"), assistantMessage([PNG]), userMessage("Bluer")];
    expect(convert(messages)).toEqual([
      { role: "user", content: "Draw" },
      { role: "assistant", content: "[See the next message.]" },
      {
        role: "user",
        content: [{ type: "text", text: "From the assistant:" }, PNG_PART, { type: "text", text: "Bluer" }],
      },
    ]);
  });
});

describe("reasoning goes back", () => {
  const reasoned = (text: string, data: object = {}): Block => ({
    type: "reasoning",
    text,
    providerData: { chat: { origin: "here", ...data } },
  });
  const step = [reasoned("Hm"), { type: "text" as const, text: "Hi" }, use("a")];
  const messages = [assistantMessage(step), userMessage([result("a")])];
  const here = { origin: "here" };

  test("to DeepSeek on each assistant message, in requests with tools", () => {
    expect(convert(messages, DIALECTS.deepseek, here)[0]).toMatchObject({
      reasoning_content: "Hm",
      content: "Hi",
    });
    expect(convert(messages, DIALECTS.deepseek, { ...here, hasTools: false })[0]).not.toHaveProperty(
      "reasoning_content",
    );
  });

  test("to DeepSeek as nothing for calls of another server, since the member must be there", () => {
    for (const origin of ["elsewhere", undefined])
      expect(
        convert(messages, DIALECTS.deepseek, { ...(origin === undefined ? {} : { origin }) })[0],
      ).toMatchObject({
        reasoning_content: "",
      });
    expect(convert([assistantMessage("Hi")], DIALECTS.deepseek, here)[0]).not.toHaveProperty(
      "reasoning_content",
    );
  });

  test("to OpenRouter unchanged, complete and in order", () => {
    const details = [{ type: "reasoning.text", text: "a", signature: "s", index: 0 }];
    const more = [{ type: "reasoning.encrypted", data: "e", index: 1 }];
    const blocks = [reasoned("a", { details }), use("a"), reasoned("", { details: more })];
    expect(convert([assistantMessage(blocks)], DIALECTS.openrouter, here)[0]).toMatchObject({
      reasoning_details: [...details, ...more],
    });
    expect(convert(messages, DIALECTS.openrouter, here)[0]).toMatchObject({ reasoning: "Hm" });
  });

  test("to a server with thinking blocks as these blocks", () => {
    const dialect = defineDialect({ reasoning: { replay: "thinking_blocks" } });
    const thinkingBlocks = [{ type: "thinking", thinking: "a", signature: "s" }];
    expect(
      convert([assistantMessage([reasoned("a", { thinkingBlocks }), use("a")])], dialect, here)[0],
    ).toMatchObject({
      thinking_blocks: thinkingBlocks,
    });
    expect(convert(messages, dialect, here)[0]).toMatchObject({ reasoning_content: "Hm" });
  });

  test("to Mistral as parts of the content", () => {
    expect(convert(messages, DIALECTS.mistral, here)[0]).toMatchObject({
      content: [
        { type: "thinking", thinking: [{ type: "text", text: "Hm" }] },
        { type: "text", text: "Hi" },
      ],
    });
  });

  test.each(["openai", "groq", "vllm", "ollama", "xai"] as const)("not to %s", (id) => {
    expect(Object.keys(convert(messages, DIALECTS[id], here)[0] ?? {})).toEqual([
      "role",
      "content",
      "tool_calls",
    ]);
  });

  test("with a signature of each call, or Google's stand-in for calls of other servers", () => {
    const signature = { extra_content: { google: { thought_signature: "sig" } } };
    const signed = use("a", {}, { providerData: { chat: { origin: "here", call: signature } } });
    const sent = (blocks: readonly Block[], origin = "", model = "models/gemini-3.8-flash") => {
      const [message] = convert([assistantMessage(blocks)], DIALECTS.gemini, { origin, model });
      return message?.role === "assistant" ? message.tool_calls : undefined;
    };
    expect(sent([signed, use("b")], "here")).toEqual([
      { ...signature, id: "a", type: "function", function: { name: "f", arguments: "{}" } },
      { id: "b", type: "function", function: { name: "f", arguments: "{}" } },
    ]);
    for (const calls of [sent([signed, use("b")], "elsewhere"), sent([use("a"), use("b")])])
      expect(calls).toMatchObject([
        { extra_content: { google: { thought_signature: "skip_thought_signature_validator" } } },
        { id: "b", type: "function", function: { name: "f" } },
      ]);
    expect(sent([use("a")], "", "gemini-2.5-pro")?.[0]).not.toHaveProperty("extra_content");
  });
});
