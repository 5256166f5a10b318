import { AxioError, assistantMessage, type Block, type Message, userMessage } from "axio";
import { findRefusal } from "axio-simulator";
import fc from "fast-check";
import { anyHistory, anyTools } from "test-support/any-history";
import { readApiSchema } from "test-support/api-schema";
import { needs, RECORDINGS, repetitions } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { buildRequestBody } from "../src/index.ts";

/** The items that OpenAI documents and the simulator accepts. */
const ITEM_TYPES = new Set([
  "compaction",
  "custom_tool_call",
  "function_call",
  "function_call_output",
  "image_generation_call",
  "message",
  "reasoning",
  "web_search_call",
]);
const PNG = "iVBORw0KGgo=";

function bodyOf(messages: readonly Message[], tools: Parameters<typeof buildRequestBody>[0]["tools"] = []) {
  return buildRequestBody({ model: "gpt-5.5", system: "", messages, tools, itemTypes: ITEM_TYPES });
}

function refusalOf(body: object): string | undefined {
  return findRefusal({ ...body }, { isKnownContent: () => true })?.message;
}

describe("any history", () => {
  test("becomes a request that the service accepts, or is rejected only for the newest user message", () => {
    fc.assert(
      fc.property(anyHistory, anyTools, (messages, tools) => {
        try {
          if (messages.length > 0) expect(refusalOf(bodyOf(messages, tools))).toBeUndefined();
        } catch (error) {
          if (!AxioError.is(error)) throw error;
          expect(["unsupported-content", "invalid-argument"]).toContain(error.code);
        }
        expect(refusalOf(bodyOf([...messages, userMessage("Go on")], tools))).toBeUndefined();
      }),
      { numRuns: repetitions({ short: 60, full: 300 }) },
    );
  });

  test("keeps the bytes of a request as the conversation grows", () => {
    fc.assert(
      fc.property(anyHistory, (messages) => {
        const before = [...messages, userMessage("Go on")];
        const after = [...before, assistantMessage("Fine"), userMessage("And then?")];
        const shorter = JSON.stringify(bodyOf(before).input).slice(0, -1);
        expect(JSON.stringify(bodyOf(after).input).startsWith(shorter)).toBe(true);
      }),
      { numRuns: repetitions({ short: 60, full: 200 }) },
    );
  });

  test("fits OpenAI's schema", needs(RECORDINGS), () => {
    const schema = readApiSchema();
    fc.assert(
      fc.property(anyHistory, (messages) => {
        for (const item of bodyOf([...messages, userMessage("Go on")]).input)
          expect(schema.faultsOf("InputItem", item), JSON.stringify(item)).toBe("");
      }),
      { numRuns: repetitions({ short: 15, full: 50 }) },
    );
  });
});

const png = (source: string): Block => ({
  type: "image",
  mediaType: "image/png",
  source: { kind: "base64", data: source },
});
const call: Block = { type: "tool-use", id: "call_1", name: "look", input: {} };

/** The output of a tool call in the request. */
function outputOf(...content: readonly Block[]): unknown {
  const result = { type: "tool-result", toolCallId: "call_1", content } as Block;
  const { input } = bodyOf([userMessage("Look"), assistantMessage([call]), userMessage([result])]);
  return (input.at(-1) as { output?: unknown }).output;
}

describe("class 1: images and files", () => {
  const file = (mediaType: string, name?: string): Block => ({
    type: "file",
    mediaType,
    name,
    source: { kind: "base64", data: "UEsDBA==" },
  });
  const image = (mediaType: string, url: string): Block => ({
    type: "image",
    mediaType,
    source: { kind: "url", url },
  });

  test.each<[string, Block]>([
    ["an SVG image", { ...png("PHN2Zy8+"), mediaType: "image/svg+xml" } as Block],
    ["bytes that are not an image", png("AAAA")],
    ["an archive", file("application/zip", "a.zip")],
    ["a video", file("video/mp4")],
    ["an image over http", image("image/png", "http://a.test/b.png")],
    ["a file URL", image("image/png", "file:///a.png")],
    ["an SVG data URL", image("image/svg+xml", "data:image/svg+xml,%3Csvg/%3E")],
    ["invalid base64", png("!!!")],
    ["an unknown block", { type: "hologram" } as unknown as Block],
  ])("%s is rejected in a prompt, and noted in a tool result and in older history", (_what, block) => {
    const prompt = userMessage([block]);
    expect(() => bodyOf([prompt])).toThrow(expect.objectContaining({ code: "unsupported-content" }));
    const { input } = bodyOf([prompt, assistantMessage("Sorry"), userMessage("Go on")]);
    const note = { type: "input_text", text: expect.stringMatching(/left out here/) };
    expect(input[0]).toMatchObject({ content: [note] });
    expect(outputOf(block)).toEqual([note]);
  });

  test.each<[string, Block, string]>([
    [
      "a media type in upper case",
      { ...png(PNG), mediaType: "IMAGE/PNG" } as Block,
      `data:image/png;base64,${PNG}`,
    ],
    ["base64 with line breaks", png("iVBO\r\nRw0KGgo=\n"), `data:image/png;base64,${PNG}`],
    ["base64url without padding", png("iVBORw0KGgr_-w"), "data:image/png;base64,iVBORw0KGgr/+w=="],
    ["a data URL as data", png(`data:image/png;base64,${PNG}`), `data:image/png;base64,${PNG}`],
    ["a data URL as URL", image("", `DATA:image/png;base64,${PNG}`), `data:image/png;base64,${PNG}`],
    [
      "a wrong type",
      { ...png("/9j/4AAQ"), mediaType: "image/png" } as Block,
      "data:image/jpeg;base64,/9j/4AAQ",
    ],
  ])("%s is sent in its standard form", (_what, block, url) => {
    expect(outputOf(block)).toMatchObject([{ type: "input_image", image_url: url }]);
  });

  test("a text document in a data URL is sent as base64", () => {
    const text: Block = {
      type: "file",
      mediaType: "",
      source: { kind: "url", url: "data:text/plain;charset=utf-8,a%20b" },
    };
    expect(outputOf(text)).toMatchObject([{ file_data: "data:text/plain;base64,YSBi" }]);
  });
});

test("class 2: names that the API rejects are replaced, always with the same one", () => {
  const named = (name: string): Block => ({ ...call, name }) as Block;
  const names = ["my.tool", "functions.look", "x".repeat(80), "", "look"];
  const sent = (): unknown[] =>
    bodyOf([assistantMessage(names.map(named)), userMessage("Go on")]).input.flatMap((item) =>
      "name" in item ? [item["name"]] : [],
    );
  expect(sent()).toEqual([
    expect.stringMatching(/^my_tool_[0-9a-f]{16}$/),
    "look",
    expect.stringMatching(/^x+_[0-9a-f]{16}$/),
    expect.stringMatching(/^_[0-9a-f]{16}$/),
    "look",
  ]);
  expect(sent()).toEqual(sent());
});

test("class 4: the middle of a text above 10,485,760 characters is left out", () => {
  const text = `first ${"😀".repeat(6_000_000)} last`;
  const { input } = bodyOf([
    userMessage("Look"),
    assistantMessage([call]),
    userMessage([{ type: "tool-result", toolCallId: "call_1", content: text }]),
  ]);
  const output = String((input.at(-1) as { output?: unknown }).output);
  expect(output.length).toBeLessThanOrEqual(10_485_760);
  expect(output).toMatch(/^first .* characters were left out here.* last$/s);
  expect(output.isWellFormed() && !output.includes("\ufffd")).toBe(true);
});

describe("class 5: reasoning that nothing follows", () => {
  const reasoning = (encrypted_content?: string): Block => ({
    type: "reasoning",
    text: "",
    providerData: {
      responses: {
        item: { type: "reasoning", id: "rs_1", summary: [], encrypted_content: encrypted_content ?? null },
      },
    },
  });
  const answer: Block = {
    type: "tool-use",
    id: "call_1",
    name: "look",
    input: {},
    providerData: {
      responses: {
        item: { type: "function_call", id: "fc_1", call_id: "call_1", name: "look", arguments: "" },
      },
    },
  };

  test("is not sent, whatever the next message is", () => {
    const { input } = bodyOf([
      assistantMessage([reasoning("sealed")]),
      assistantMessage("Yes"),
      userMessage("Go on"),
    ]);
    expect(input.map(({ type }) => type)).toEqual(["message", "message"]);
  });

  test("takes the ids of its items with it", () => {
    const idOf = (...blocks: readonly Block[]): unknown =>
      bodyOf([assistantMessage(blocks), userMessage("Go on")]).input.find(
        ({ type }) => type === "function_call",
      );
    expect(idOf(reasoning("sealed"), answer)).toHaveProperty("id", "fc_1");
    expect(idOf(reasoning(), answer)).not.toHaveProperty("id");
    expect(idOf(answer, reasoning("sealed"))).not.toHaveProperty("id");
  });
});

test("class 7: invalid UTF-16 is replaced everywhere in a request", () => {
  const body = buildRequestBody({
    model: "m",
    system: "half \ud83d",
    messages: [userMessage("half \ud83d"), assistantMessage([{ ...call, input: { "k\udc00": "\udc00" } }])],
    tools: [
      { name: "look", description: "\ud83d", inputSchema: { type: "object", properties: { "\ud83d": {} } } },
    ],
  });
  // `JSON.stringify` escapes a lone surrogate, also in the text of arguments.
  expect(JSON.stringify(body)).not.toMatch(/\\ud[89a-f]/);
});

test("a prompt without content and without history is rejected", () => {
  expect(() => bodyOf([userMessage("")])).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});

test("content as a string, and strings among the blocks, are text", () => {
  const odd = [
    { role: "user", content: "Hi" },
    { role: "user", content: ["there", { type: "x", text: "now" }] },
    userMessage("Go on"),
  ];
  const { input } = bodyOf(odd as unknown as readonly Message[]);
  expect(JSON.stringify(input)).toMatch(/"Hi".*"there".*"now".*"Go on"/);
});

test("more than 128 tools are in a namespace", () => {
  const tools = Array.from({ length: 129 }, (_, index) => ({
    name: `t${index}`,
    description: "",
    inputSchema: { type: "object", properties: {} },
  }));
  const body = bodyOf([userMessage("Hi")], tools);
  expect(body.tools).toMatchObject([{ type: "namespace", name: "functions" }]);
  expect(refusalOf(body)).toBeUndefined();
});
