import { blocksIn, endIn } from "test-support/decode-response";
import { describe, expect, test } from "vitest";
import { createChatDecoder, DIALECTS } from "../src/index.ts";
import { callChunk, chunk, decodeChat, shown, textChunk, usageChunk } from "./decode-chat.ts";

function briefs(chunks: readonly unknown[], options = {}): readonly string[] {
  return blocksIn(decodeChat([...chunks, chunk({}, "stop")], options)).map((block) =>
    "text" in block ? `${block.type}: ${block.text}` : block.type,
  );
}

describe("choices", () => {
  test("are read by index 0, or without an index", () => {
    expect(
      briefs([
        {
          choices: [
            { index: 1, delta: { content: "no" } },
            { index: 0, delta: { content: "yes" } },
          ],
        },
        { choices: [{ index: 2, delta: { content: "no" } }] },
        { choices: [{ delta: { content: "!" } }] },
        { choices: [{ index: null, delta: { content: "!" } }] },
        { choices: null },
        { choices: [] },
        {},
      ]),
    ).toEqual(["text: yes!!"]);
  });

  test("may hold a message of a server that does not stream", () => {
    const events = decodeChat([
      {
        id: "1",
        object: "chat.completion",
        model: "m",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "Hi", reasoning_content: "Hm" },
            finish_reason: "stop",
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      },
    ]);
    expect(blocksIn(events)).toMatchObject([
      { type: "reasoning", text: "Hm" },
      { type: "text", text: "Hi" },
    ]);
    expect(endIn(events)).toMatchObject({
      stopReason: "end",
      usage: { inputTokens: 1 },
      model: "m",
      responseId: "1",
    });
  });

  test("may repeat the whole message at the end", () => {
    expect(
      briefs([
        textChunk("Hi"),
        { object: "chat.completion.done", choices: [{ index: 0, delta: null, message: { content: "Hi" } }] },
      ]),
    ).toEqual(["text: Hi"]);
  });
});

describe("content as parts", () => {
  test("is text and reasoning by the type of each part", () => {
    expect(
      briefs([
        chunk({
          content: [
            {
              type: "thinking",
              thinking: [
                { type: "text", text: "Hm" },
                { type: "text", text: "m" },
              ],
            },
          ],
        }),
        chunk({
          content: [{ type: "text", text: "Hi" }, { type: "reference", reference_ids: [1] }, "!", null],
        }),
        chunk({ content: [{ type: "new", text: "?" }] }),
      ]),
    ).toEqual(["reasoning: Hmm", "text: Hi!?"]);
  });
});

describe("reasoning", () => {
  test.each([
    ["reasoning_content", "Hm"],
    ["reasoning", "Hm"],
    ["thinking", "Hm"],
    ["thought", "Hm"],
    ["thinking_content", "Hm"],
    ["reasoning_details", [{ type: "reasoning.text", text: "Hm" }]],
    ["reasoning_details", [{ type: "reasoning.summary", summary: "Hm" }]],
    ["thinking_blocks", [{ type: "thinking", thinking: "Hm" }]],
  ])("is read from %s", (field, value) => {
    expect(briefs([chunk({ [field]: value }), textChunk("Hi")])).toEqual(["reasoning: Hm", "text: Hi"]);
  });

  test("under several names in one delta counts once", () => {
    const delta = {
      reasoning: "Hm",
      reasoning_content: "Hm",
      reasoning_details: [{ type: "reasoning.text", text: "Hm", index: 0 }],
      content: "",
    };
    expect(briefs([chunk(delta), textChunk("Hi")])).toEqual(["reasoning: Hm", "text: Hi"]);
  });

  test("in the same delta as text comes first", () => {
    expect(briefs([chunk({ content: "Hi", reasoning_content: "Hm" })])).toEqual([
      "reasoning: Hm",
      "text: Hi",
    ]);
  });

  test("that text interrupts begins a new block", () => {
    expect(
      briefs([chunk({ reasoning: "a" }), textChunk("b"), chunk({ reasoning: "c" }), textChunk("d")]),
    ).toEqual(["reasoning: a", "text: b", "reasoning: c", "text: d"]);
  });

  test("merges the pieces of its items, and takes a signature that comes late", () => {
    const [reasoning] = blocksIn(
      decodeChat(
        [
          chunk({
            reasoning_details: [{ type: "reasoning.text", text: "a", index: 0, format: "x", signature: "" }],
          }),
          chunk({ reasoning_details: [{ type: "reasoning.text", text: "b", index: 0, format: null }] }),
          chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: "e1", id: "r", index: 0 }] }),
          textChunk("Hi"),
          chunk({ reasoning_details: [{ type: "reasoning.text", text: "", index: 0, signature: "sig" }] }),
          textChunk("!"),
          chunk({}, "stop"),
        ],
        { origin: "here" },
      ),
    );
    expect(reasoning).toEqual({
      type: "reasoning",
      text: "ab",
      providerData: {
        chat: {
          origin: "here",
          details: [
            { type: "reasoning.text", text: "ab", index: 0, format: "x", signature: "sig" },
            { type: "reasoning.encrypted", data: "e1", id: "r", index: 0 },
          ],
        },
      },
    });
  });

  test("without indexes, a signature closes an item", () => {
    const [reasoning] = blocksIn(
      decodeChat([
        chunk({ thinking_blocks: [{ type: "thinking", thinking: "a" }] }),
        chunk({ thinking_blocks: [{ type: "thinking", thinking: "b" }] }),
        chunk({ thinking_blocks: [{ type: "thinking", thinking: "", signature: "s1" }] }),
        chunk({ thinking_blocks: [{ type: "thinking", thinking: "c" }] }),
        chunk({ thinking_blocks: [{ type: "redacted_thinking", data: "d" }] }),
        chunk({ content: "Hi" }, "stop"),
      ]),
    );
    expect(reasoning?.providerData?.["chat"]?.["thinkingBlocks"]).toEqual([
      { type: "thinking", thinking: "ab", signature: "s1" },
      { type: "thinking", thinking: "c" },
      { type: "redacted_thinking", data: "d" },
    ]);
  });

  test("that is only encrypted is a block without text, and does not cut text in two", () => {
    expect(
      briefs([
        textChunk("H"),
        chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: "e" }] }),
        textChunk("i"),
      ]),
    ).toEqual(["text: Hi", "reasoning: "]);
  });
});

describe("reasoning in tags", () => {
  const TAGGED = " <think>Is it <b>? </thin no</think>\n\nYes: <think>code</think>";

  test.each([
    ["<think>Hm</think>Hi", ["reasoning: Hm", "text: Hi"]],
    ["\n<thinking>Hm</thinking> Hi", ["reasoning: Hm", "text: Hi"]],
    ["<thought>Hm</thought>Hi", ["reasoning: Hm", "text: Hi"]],
    ["<reasoning>Hm</reasoning>Hi", ["reasoning: Hm", "text: Hi"]],
    ["<|START_THINKING|>Hm<|END_THINKING|>Hi", ["reasoning: Hm", "text: Hi"]],
    ["[THINK]Hm[/THINK]Hi", ["reasoning: Hm", "text: Hi"]],
    ["<think></think>\n\nHi", ["text: Hi"]],
    ["<think>Hm</thinking></think>Hi", ["reasoning: Hm</thinking>", "text: Hi"]],
    ["Use <think>x</think>", ["text: Use <think>x</think>"]],
    ["<thin", ["text: <thin"]],
    ["<p>Hi</p>", ["text: <p>Hi</p>"]],
    [TAGGED, ["reasoning: Is it <b>? </thin no", "text: Yes: <think>code</think>"]],
  ])("is told apart, whole and cut anywhere: %j", (content, expected) => {
    expect(briefs([textChunk(content)])).toEqual(expected);
    expect(briefs([...content].map(textChunk))).toEqual(expected);
    for (let cut = 1; cut < content.length; cut++) {
      expect(briefs([textChunk(content.slice(0, cut)), textChunk(content.slice(cut))])).toEqual(expected);
    }
  });

  test("that is cut off is reasoning", () => {
    const events = decodeChat([textChunk("<think>Hm </th"), chunk({}, "length")]);
    expect(blocksIn(events)).toMatchObject([{ type: "reasoning", text: "Hm </th" }]);
    expect(endIn(events).stopReason).toBe("max-output-tokens");
  });

  test.each(["Hm</think>Hi", "<think>Hm</think>Hi"])("may be opened by the prompt: %j", (content) => {
    expect(briefs([...content].map(textChunk), { startsInReasoning: true })).toEqual([
      "reasoning: Hm",
      "text: Hi",
    ]);
  });

  test("is shown without waiting for more than a tag", () => {
    const decoder = createChatDecoder();
    const out: never[] = [];
    decoder.decode(textChunk("<think>Let me see"), out);
    expect(shown(out)).toEqual(new Map([[0, "Let me see"]]));
  });

  test.each([
    ["at OpenAI", [textChunk("<think>a</think>b")], DIALECTS.openai, ["text: <think>a</think>b"]],
    [
      "after a reasoning field",
      [chunk({ reasoning: "Hm" }), textChunk("<think>a</think>b")],
      DIALECTS.vllm,
      ["reasoning: Hm", "text: <think>a</think>b"],
    ],
  ])("is text %s", (_where, chunks, dialect, expected) => {
    expect(briefs(chunks, { dialect })).toEqual(expected);
  });

  test("ends where a call begins", () => {
    const call = callChunk({ index: 0, id: "a", function: { name: "f", arguments: "{}" } });
    expect(briefs([textChunk("<think>Hm"), call])).toEqual(["reasoning: Hm", "tool-use"]);
    expect(briefs([textChunk("\n\n<"), call])).toEqual(["text: \n\n<", "tool-use"]);
  });
});

describe("sources", () => {
  test("come from annotations and lists, each once, on the text", () => {
    const cited = {
      type: "url_citation",
      url_citation: { url: "https://a.example", start_index: 1, end_index: 3 },
    };
    const [text] = blocksIn(
      decodeChat([
        chunk({
          content: "Hi",
          annotations: [cited, cited, { type: "file" }, { type: "url_citation", url: "https://b.example" }],
        }),
        {
          ...chunk({}, "stop"),
          citations: ["https://c.example", { url: "https://d.example", title: "D" }],
          search_results: [{ url: "https://c.example", title: "C" }],
        },
      ]),
    );
    expect(text).toMatchObject({
      sources: [
        { url: "https://a.example", start: 1, end: 3 },
        { url: "https://b.example" },
        { url: "https://c.example", title: "C" },
        { url: "https://d.example", title: "D" },
      ],
    });
  });
});

describe("other content", () => {
  test("an image is a block, once", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const events = decodeChat([
      chunk({ images: [image] }),
      chunk({ images: [image], content: "Here." }),
      chunk({}, "stop"),
    ]);
    const block = { type: "image", mediaType: "image/png", source: { kind: "base64", data: "AAAA" } };
    expect(events.filter(({ type }) => type === "image-output")).toEqual([
      { type: "image-output", index: 0, image: block },
    ]);
    expect(blocksIn(events)).toEqual([block, { type: "text", text: "Here." }]);
  });

  test("tools that the server ran are blocks with their output and pages", () => {
    const run = { index: 0, type: "search", arguments: '{"query":"x"}' };
    const results = { results: [{ title: "A", url: "https://a.example", score: 1 }] };
    const events = decodeChat([
      chunk({ executed_tools: [{ ...run, search_results: { results: [] } }] }),
      chunk({ executed_tools: [{ ...run, output: "Found", search_results: results }] }),
      chunk({ executed_tools: [{ index: 1, type: "python", arguments: "print(1)" }] }),
      chunk({ content: "Done." }, "stop"),
    ]);
    expect(blocksIn(events)).toEqual([
      {
        type: "hosted-tool",
        name: "web-search",
        input: { query: "x" },
        output: "Found",
        sources: [{ url: "https://a.example", title: "A" }],
      },
      { type: "hosted-tool", name: "code-interpreter", input: {} },
      { type: "text", text: "Done." },
    ]);
    expect(endIn(events).stopReason).toBe("end");
  });

  test("audio and moderation are passed over", () => {
    expect(
      briefs([
        chunk({ audio: { id: "a", data: "AAAA", transcript: "Hi" } }),
        { choices: [], moderation: { input: { type: "moderation_results", results: [] } } },
        textChunk("Hi"),
      ]),
    ).toEqual(["text: Hi"]);
  });
});

describe("usage", () => {
  test.each([
    [
      "of OpenAI",
      {
        prompt_tokens: 9,
        completion_tokens: 7,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
      [9, 4, 7, 5],
    ],
    ["of DeepSeek", { prompt_tokens: 9, completion_tokens: 7, prompt_cache_hit_tokens: 4 }, [9, 4, 7, 0]],
    ["of Moonshot", { prompt_tokens: 9, completion_tokens: 7, cached_tokens: 4 }, [9, 4, 7, 0]],
    [
      "with reasoning beside the completion",
      {
        prompt_tokens: 9,
        completion_tokens: 2,
        total_tokens: 16,
        completion_tokens_details: { reasoning_tokens: 5 },
      },
      [9, 0, 7, 5],
    ],
    [
      "with more reasoning than completion",
      {
        prompt_tokens: 9,
        completion_tokens: 10,
        total_tokens: 19,
        completion_tokens_details: { reasoning_tokens: 11 },
      },
      [9, 0, 10, 10],
    ],
    [
      "with the cache beside the prompt",
      {
        prompt_tokens: 9,
        completion_tokens: 7,
        total_tokens: 36,
        cache_read_input_tokens: 15,
        cache_creation_input_tokens: 5,
      },
      [29, 15, 7, 0, 5],
    ],
    [
      "with the cache in the prompt",
      { prompt_tokens: 29, completion_tokens: 7, total_tokens: 36, cache_read_input_tokens: 15 },
      [29, 15, 7, 0],
    ],
    [
      "with null members",
      { prompt_tokens: 9, completion_tokens: null, prompt_tokens_details: null },
      [9, 0, 0, 0],
    ],
  ])("%s", (_server, usage, counts) => {
    const [inputTokens, cachedInputTokens, outputTokens, reasoningTokens, cacheWriteTokens] = counts;
    const { usage: read } = endIn(decodeChat([chunk({ content: "Hi" }, "stop"), usageChunk(usage)]));
    expect(read).toEqual({
      inputTokens,
      cachedInputTokens,
      outputTokens,
      reasoningTokens,
      cacheWriteTokens,
    });
  });

  test("of the last chunk counts, and is never added up", () => {
    const events = decodeChat([
      { ...textChunk("Hi"), usage: { prompt_tokens: 5, completion_tokens: 1 } },
      { ...chunk({}, "stop"), usage: { prompt_tokens: 5, completion_tokens: 2 } },
      { ...chunk({}, null), usage: null },
    ]);
    expect(endIn(events).usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
  });

  test.each([
    [{ x_groq: { usage: { prompt_tokens: 5 } } }],
    [{ choices: [{ delta: {}, finish_reason: null, usage: { prompt_tokens: 5 } }] }],
  ])("is found in %j", (extra) => {
    expect(endIn(decodeChat([chunk({ content: "Hi" }, "stop"), extra])).usage.inputTokens).toBe(5);
  });

  test("is kept as the server sent it, with costs", () => {
    const decoder = createChatDecoder();
    const usage = { prompt_tokens: 5, cost: 0.1 };
    decoder.decode({ ...usageChunk(usage), provider: "Minimax", service_tier: "default" }, []);
    expect(decoder.facts).toMatchObject({
      usage,
      provider: "Minimax",
      serviceTier: "default",
      model: "model-1",
    });
  });
});
