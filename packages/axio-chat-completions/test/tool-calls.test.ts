import type { JsonObject, ToolUseBlock, TransportEvent } from "axio";
import { blocksIn, endIn } from "test-support/decode-response";
import { describe, expect, test } from "vitest";
import { type ChatDecoderOptions, DIALECTS, ToolNames } from "../src/index.ts";
import { callChunk, chunk, decodeChat, shown, textChunk } from "./decode-chat.ts";

function decodeCalls(chunks: readonly unknown[], options?: ChatDecoderOptions): readonly ToolUseBlock[] {
  const events = decodeChat([...chunks, chunk({}, "tool_calls")], options);
  return blocksIn(events).filter((block) => block.type === "tool-use");
}

/** The calls in one line each. */
function briefCalls(chunks: readonly unknown[], options?: ChatDecoderOptions): readonly string[] {
  return decodeCalls(chunks, options).map(({ id, name, input }) => `${id} ${name} ${JSON.stringify(input)}`);
}

function names(...tools: readonly string[]): ToolNames {
  return new ToolNames(
    tools.map((name) => ({ name })),
    DIALECTS.openai,
  );
}

const call = (members: JsonObject, name?: string, args?: JsonObject[string]): JsonObject => ({
  ...members,
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});

describe("calls are assembled", () => {
  test.each<[string, readonly unknown[], readonly string[]]>([
    [
      "from an id and a name in the first delta only",
      [callChunk(call({ index: 0, id: "a" }, "f", "")), callChunk(call({ index: 0 }, undefined, '{"x":1}'))],
      ['a f {"x":1}'],
    ],
    ["from one whole delta", [callChunk(call({ index: 0, id: "a" }, "f", '{"x":1}'))], ['a f {"x":1}']],
    [
      "although the id is repeated, empty or null",
      [
        callChunk(call({ index: 0, id: "a" }, "f", '{"x"')),
        callChunk(call({ index: 0, id: "a" }, undefined, ":")),
        callChunk(call({ index: 0, id: "" }, "", "1")),
        callChunk(call({ index: 0, id: null }, undefined, "}")),
      ],
      ['a f {"x":1}'],
    ],
    [
      "although the full name is repeated each time",
      [
        callChunk(call({ index: 0, id: "a" }, "add", '{"x"')),
        callChunk(call({ index: 0 }, "add", ":1")),
        callChunk(call({ index: 0, id: "a" }, "add", "}")),
      ],
      ['a add {"x":1}'],
    ],
    [
      "although each delta has another id without a name",
      [
        callChunk(call({ index: 0, id: "a" }, "f", '{"x"')),
        callChunk(call({ index: 0, id: "b" }, undefined, ":1}")),
      ],
      ['a f {"x":1}'],
    ],
    [
      "with an id of our own if the server sends none",
      [callChunk(call({ index: 0 }, "f", "{}")), callChunk(call({ index: 1 }, "g", "{}"))],
      ["minted_1 f {}", "minted_2 g {}"],
    ],
    [
      "two on one index, told apart by id",
      [
        callChunk(call({ index: 0, id: "a" }, "f", '{"x":1}')),
        callChunk(call({ index: 0, id: "b" }, "g", '{"y":')),
        callChunk(call({ index: 0 }, undefined, "2}")),
      ],
      ['a f {"x":1}', 'b g {"y":2}'],
    ],
    [
      "two on one index in one delta",
      [callChunk(call({ index: 0, id: "a" }, "f", '{"x":1}'), call({ index: 0, id: "b" }, "f", '{"y":2}'))],
      ['a f {"x":1}', 'b f {"y":2}'],
    ],
    [
      "two without an index in one delta",
      [callChunk(call({ id: "a" }, "f", '{"x":1}'), call({ id: "b" }, "g", '{"y":2}'))],
      ['a f {"x":1}', 'b g {"y":2}'],
    ],
    [
      "two without index and id",
      [callChunk(call({}, "f", '{"x":1}'), call({}, "g", '{"y":2}'))],
      ['minted_1 f {"x":1}', 'minted_2 g {"y":2}'],
    ],
    [
      "two of one tool without index and id, one after the other",
      [callChunk(call({}, "f", '{"x":1}')), callChunk(call({}, "f", '{"x":2}'))],
      ['minted_1 f {"x":1}', 'minted_2 f {"x":2}'],
    ],
    [
      "two of one tool without index and id, by their place in the delta",
      [
        callChunk(call({}, "f", ""), call({}, "f", "")),
        callChunk(call({}, "f", '{"x":'), call({}, undefined, '{"x":')),
        callChunk(call({}, undefined, "1}"), call({}, "f", "2}")),
      ],
      ['minted_1 f {"x":1}', 'minted_2 f {"x":2}'],
    ],
    [
      "without an index, by id",
      [
        callChunk(call({ id: "a" }, "f", '{"x"'), call({ id: "b" }, "g", '{"y"')),
        callChunk(call({ id: "b" }, undefined, ":2}"), call({ id: "a" }, undefined, ":1}")),
      ],
      ['a f {"x":1}', 'b g {"y":2}'],
    ],
    [
      "without index and id, the last one goes on, also if its name is repeated",
      [callChunk(call({}, "f", "")), callChunk(call({}, "f", '{"x"')), callChunk(call({}, undefined, ":1}"))],
      ['minted_1 f {"x":1}'],
    ],
    [
      "with indexes that begin at 1 and interleave",
      [
        callChunk(call({ index: 1, id: "a" }, "f", '{"x"'), call({ index: 3, id: "b" }, "g", '{"y"')),
        callChunk(call({ index: 3 }, undefined, ":2}")),
        callChunk(call({ index: 1 }, undefined, ":1}")),
      ],
      ['a f {"x":1}', 'b g {"y":2}'],
    ],
    [
      "from arguments that are an object",
      [
        callChunk(call({ index: 0, id: "a" }, "f", { x: 1 })),
        callChunk(call({ index: 0 }, undefined, { x: 1 })),
      ],
      ['a f {"x":1}'],
    ],
    [
      "without arguments",
      [callChunk(call({ index: 0, id: "a" }, "f")), callChunk(call({ index: 1, id: "b" }, "g", ""))],
      ["a f {}", "b g {}"],
    ],
    [
      "after a default of {} that a proxy put before the arguments",
      [
        callChunk(call({ index: 0, id: "a" }, "f", "{}")),
        callChunk(call({ index: 0 }, undefined, '{"x":1}')),
      ],
      ['a f {"x":1}'],
    ],
    [
      "from the legacy function_call",
      [
        chunk({ function_call: { name: "f", arguments: '{"x"' } }),
        chunk({ function_call: { arguments: ":1}" } }),
      ],
      ['minted_1 f {"x":1}'],
    ],
    [
      "from arguments that come before the name",
      [callChunk(call({ index: 0, id: "a" }, undefined, '{"x"')), callChunk(call({ index: 0 }, "f", ":1}"))],
      ['a f {"x":1}'],
    ],
    [
      "from a message of a server that does not stream",
      [
        {
          id: "1",
          object: "chat.completion",
          choices: [
            {
              message: {
                content: null,
                tool_calls: [call({ id: "a" }, "f", "{}"), call({ id: "b" }, "g", "{}")],
              },
            },
          ],
        },
      ],
      ["a f {}", "b g {}"],
    ],
  ])("%s", (_title, chunks, expected) => {
    expect(briefCalls(chunks)).toEqual(expected);
  });

  test("each with its own start, deltas and end, also if they interleave", () => {
    const events = decodeChat([
      callChunk(call({ index: 0, id: "a" }, "f", '{"x"'), call({ index: 1, id: "b" }, "g", '{"y"')),
      callChunk(call({ index: 0 }, undefined, ":1}"), call({ index: 1 }, undefined, ":2}")),
      chunk({}, "stop"),
    ]);
    expect(events.filter(({ type }) => type === "tool-use-start")).toEqual([
      { type: "tool-use-start", index: 0, toolCallId: "a", name: "f" },
      { type: "tool-use-start", index: 1, toolCallId: "b", name: "g" },
    ]);
    expect(shown(events)).toEqual(
      new Map([
        [0, '{"x":1}'],
        [1, '{"y":2}'],
      ]),
    );
    expect(endIn(events).stopReason).toBe("tool-use");
  });

  test("and announced as soon as the name is known", () => {
    const decoded: TransportEvent["type"][] = [];
    for (const event of decodeChat([
      callChunk(call({ index: 0, id: "a" }, undefined, '{"x":')),
      callChunk(call({ index: 0 }, "f", "")),
      callChunk(call({ index: 0 }, undefined, "1}")),
      chunk({}, "tool_calls"),
    ]))
      decoded.push(event.type);
    expect(decoded).toEqual([
      "tool-use-start",
      "tool-input-delta",
      "tool-input-delta",
      "block-end",
      "step-end",
    ]);
  });

  test("and number on where text ended", () => {
    const events = decodeChat([
      textChunk("I look."),
      callChunk(call({ index: 0, id: "a" }, "f", "{}")),
      textChunk("Done."),
      chunk({}, "tool_calls"),
    ]);
    expect(blocksIn(events).map((block) => (block.type === "text" ? block.text : block.type))).toEqual([
      "I look.",
      "tool-use",
      "Done.",
    ]);
  });
});

describe("the name of a call", () => {
  test("may come in pieces, if the tools are known", () => {
    const pieces = [
      callChunk(call({ index: 0, id: "a" }, "get_")),
      callChunk(call({ index: 0 }, "weather")),
      callChunk(call({ index: 0 }, undefined, "{}")),
    ];
    expect(briefCalls(pieces, { names: names("get", "get_weather") })).toEqual(["a get_weather {}"]);
  });

  test("may grow with each delta, if the tools are known", () => {
    const pieces = [
      callChunk(call({ index: 0, id: "a" }, "get_")),
      callChunk(call({ index: 0 }, "get_weather", "{}")),
    ];
    expect(briefCalls(pieces, { names: names("get_weather") })).toEqual(["a get_weather {}"]);
  });

  test("may be the beginning of another tool's name", () => {
    const whole = [callChunk(call({ index: 0, id: "a" }, "get", ""))];
    expect(briefCalls(whole, { names: names("get", "get_weather") })).toEqual(["a get {}"]);
  });

  test("is turned back into the name that the caller gave", () => {
    const tools = names("my.tool", "read_file");
    expect(
      briefCalls(
        [
          callChunk(
            call({ index: 0, id: "a" }, "my_tool", "{}"),
            call({ index: 1, id: "b" }, "functions.read_file", "{}"),
          ),
          callChunk(
            call({ index: 2, id: "c" }, "my.tool", "{}"),
            call({ index: 3, id: "d" }, "unknown", "{}"),
          ),
        ],
        { names: tools },
      ),
    ).toEqual(["a my.tool {}", "b read_file {}", "c my.tool {}", "d unknown {}"]);
  });

  test("is missing to the end of one call: an error that can be retried", () => {
    const whole = callChunk(call({ index: 1, id: "b" }, "f", "{}"));
    expect(() =>
      decodeChat([callChunk(call({ index: 0, id: "a" }, undefined, "{}")), whole, chunk({}, "tool_calls")]),
    ).toThrow(expect.objectContaining({ code: "protocol", retryable: true }));
  });
});

test("calls with one id get ids of their own", () => {
  expect(
    briefCalls([
      callChunk(call({ index: 0, id: "a" }, "f", "{}")),
      callChunk(call({ index: 1, id: "a" }, "g", "{}")),
    ]),
  ).toEqual(["a f {}", "minted_1 g {}"]);
});

describe("the arguments of a call", () => {
  test("that are not JSON are kept as text, for the model to correct", () => {
    expect(decodeCalls([callChunk(call({ index: 0, id: "a" }, "f", '{"x":'))])).toMatchObject([
      { input: null, inputText: '{"x":' },
    ]);
  });

  test("keep the text that the model wrote", () => {
    const [block] = decodeCalls([callChunk(call({ index: 0, id: "a" }, "f", '{"x": 1.0}'))]);
    expect(block).toMatchObject({ input: { x: 1 }, inputText: '{"x": 1.0}' });
  });

  test.each(["length", "content_filter", "model_context_window_exceeded"])(
    "that %s cuts do not make a call",
    (reason) => {
      const events = decodeChat([
        callChunk(call({ index: 0, id: "a" }, "f", '{"x":1}')),
        callChunk(call({ index: 1, id: "b" }, "g", '{"y":')),
        callChunk(call({ index: 2, id: "c" }, "h", "")),
        chunk({}, reason),
      ]);
      expect(blocksIn(events)).toMatchObject([{ id: "a" }]);
      expect(endIn(events).stopReason).not.toBe("tool-use");
    },
  );

  test("keep a signature that the server wants back", () => {
    const signed = call(
      {
        index: 0,
        id: "a",
        type: "function",
        extra_content: { google: { thought_signature: "sig" } },
        caller: null,
      },
      "f",
      "{}",
    );
    expect(decodeCalls([callChunk(signed)], { origin: "gemini" })[0]?.providerData).toEqual({
      chat: { origin: "gemini", call: { extra_content: { google: { thought_signature: "sig" } } } },
    });
  });
});
