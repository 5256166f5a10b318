import { type Block, type Message, messageText, parseMessages, type ToolResultContent } from "axio";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const json = fc.jsonValue() as fc.Arbitrary<never>;
const providerData = fc.option(
  fc.dictionary(fc.string({ maxLength: 8 }), fc.dictionary(fc.string({ maxLength: 8 }), json)),
  { nil: undefined },
);
const source = fc.oneof(
  fc.record({ kind: fc.constant("base64" as const), data: fc.base64String() }),
  fc.record({ kind: fc.constant("url" as const), url: fc.webUrl() }),
);
const text = fc.record({ type: fc.constant("text" as const), text: fc.string({ unit: "binary" }) });
const image = fc.record({ type: fc.constant("image" as const), mediaType: fc.string(), source });
const file = fc.record({
  type: fc.constant("file" as const),
  mediaType: fc.string(),
  source,
  name: fc.string(),
});
const part: fc.Arbitrary<ToolResultContent> = fc.oneof(text, image, file);
const block: fc.Arbitrary<Block> = fc
  .tuple(
    fc.oneof(
      part,
      fc.record({ type: fc.constant("reasoning" as const), text: fc.string() }),
      fc.record({ type: fc.constant("tool-use" as const), id: fc.string(), name: fc.string(), input: json }),
      fc.record({
        type: fc.constant("tool-result" as const),
        toolCallId: fc.string(),
        content: fc.oneof(fc.string(), fc.array(part, { maxLength: 3 })),
      }),
      fc.record({ type: fc.constant("opaque" as const), kind: fc.string() }),
    ),
    providerData,
  )
  .map(([value, data]) => (data === undefined ? value : ({ ...value, providerData: data } as Block)));
const messages: fc.Arbitrary<readonly Message[]> = fc.array(
  fc.record({
    role: fc.constantFrom("system" as const, "user" as const, "assistant" as const),
    content: fc.array(block, { maxLength: 4 }),
  }),
  { maxLength: 4 },
);

describe("messages", () => {
  it("are preserved by JSON", () => {
    fc.assert(
      fc.property(messages, (original) => {
        const written = JSON.stringify(original);
        const parsed = parseMessages(written);
        expect(JSON.stringify(parsed)).toBe(written);
        expect(parseMessages(JSON.parse(written))).toEqual(parsed);
      }),
    );
  });

  it("keep properties that this version does not know", () => {
    const written = '[{"role":"user","content":[{"type":"text","text":"a","later":1}],"id":"m1"}]';
    expect(JSON.stringify(parseMessages(written))).toBe(written);
  });

  it.each<readonly [string, unknown, RegExp]>([
    ["cut text", '[{"role":"us', /not valid JSON/],
    ["no list", "{}", /must be a list/],
    ["null", "null", /must be a list/],
    ["undefined", undefined, /must be a list/],
    ["a message that is a number", "[1]", /message 0 must be an object/],
    ["a hole", new Array(1), /message 0 must be an object/],
    ["an unknown role", '[{"role":"tool","content":[]}]', /message 0 has the role "tool"/],
    ["a role that is an object", '[{"role":["user"],"content":[]}]', /message 0 has the role/],
    ["text for content", '[{"role":"user","content":"hi"}]', /list of blocks/],
    ["a hole in the content", [{ role: "user", content: new Array(1) }], /block 0 must be an object/],
    [
      "an unknown block",
      '[{"role":"user","content":[{"type":"video"}]}]',
      /message 0, block 0 has the type "video"/,
    ],
    [
      "a type of the prototype",
      '[{"role":"user","content":[{"type":"toString"}]}]',
      /has the type "toString"/,
    ],
    ["a missing member", '[{"role":"user","content":[{"type":"text"}]}]', /no valid "text"/],
    [
      "a tool call without input",
      '[{"role":"user","content":[{"type":"tool-use","id":"1","name":"a"}]}]',
      /"input"/,
    ],
    [
      "a source without kind",
      '[{"role":"user","content":[{"type":"image","mediaType":"a/b","source":{}}]}]',
      /"source"/,
    ],
    [
      "a result in a result",
      '[{"role":"user","content":[{"type":"tool-result","toolCallId":"1","content":[{"type":"tool-result","toolCallId":"2","content":""}]}]}]',
      /no valid "content"/,
    ],
    [
      "provider data of the wrong shape",
      '[{"role":"user","content":[{"type":"text","text":"","providerData":{"responses":1}}]}]',
      /"providerData"/,
    ],
  ])("are rejected with their position for %s", (_name, value, message) => {
    expect(() => parseMessages(value)).toThrow(message);
  });

  it("may have toolUseId, from before version 0.1", () => {
    const result = { type: "tool-result", toolUseId: "1", content: "ok" };
    const text = { type: "text", text: "Go on" };
    expect(parseMessages([{ role: "user", content: [result, text] }])).toEqual([
      { role: "user", content: [{ type: "tool-result", toolCallId: "1", content: "ok" }, text] },
    ]);
  });

  it("cannot reach the prototype", () => {
    const parsed = parseMessages('[{"role":"user","content":[],"__proto__":{"polluted":true}}]');
    expect(parsed).toHaveLength(1);
    expect({}).not.toHaveProperty("polluted");
    expect(() => parseMessages('[{"__proto__":{"role":"user","content":[]}}]')).toThrow(/role undefined/);
  });

  it("have the text of their text blocks", () => {
    const content: Block[] = [
      { type: "text", text: "a" },
      { type: "reasoning", text: "b" },
      { type: "text", text: "c" },
    ];
    expect(messageText({ role: "assistant", content })).toBe("ac");
  });
});
