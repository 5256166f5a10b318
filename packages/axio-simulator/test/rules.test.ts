import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FIXTURES } from "test-support/fixtures";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { findCodexRefusal, findRefusal, REQUEST_RULES } from "../src/index.ts";
import { encryptedContent } from "../src/stream/encrypted-content.ts";
import { responsesBody, user } from "./client.ts";
import { requestSchema } from "./openai-schema.ts";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const prompt = user("Hi");
const call = { type: "function_call", call_id: "c1", name: "f", arguments: "{}" };
const output = { type: "function_call_output", call_id: "c1", output: "ok" };
const message = {
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }],
};
const reasoning = {
  type: "reasoning",
  id: "rs_1",
  summary: [{ type: "summary_text", text: "Hm" }],
  encrypted_content: encryptedContent("any").done,
};
const parts = (...content: object[]): object => ({ type: "message", role: "user", content });
const image = (url: string): object => parts({ type: "input_image", image_url: url, detail: "auto" });
const file = (data: string): object => parts({ type: "input_file", filename: "a", file_data: data });

type Item = object | string;

describe("input", () => {
  const longText = "x".repeat(10_485_761);
  const longImage = `data:image/png;base64,${"A".repeat(20_971_520)}`;

  test.each<[string, Item[], string]>([
    ["no items", [], "must be provided"],
    ["a lone surrogate", [user("\ud83d")], "could not parse the JSON body"],
    ["a lone surrogate in the name of a member", [{ ...prompt, "\ude00": 1 }], "could not parse the JSON"],
    [
      "a text above the limit",
      [user(longText)],
      "Invalid 'input[0].content[0].text': string too long. Expected a string with maximum length 10485760, but got a string with length 10485761 instead.",
    ],
    [
      "an output above the limit",
      [call, { ...output, output: longText }],
      "'input[1].output': string too long",
    ],
    [
      "arguments above the limit",
      [{ ...call, arguments: longText }, output],
      "'input[0].arguments': string too",
    ],
    ["an image above the limit", [image(longImage)], "with maximum length 20971520"],
    [
      "a name with a dot",
      [{ ...call, name: "my.tool" }, output],
      "Invalid 'input[0].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    ],
    [
      "a name of 65 characters",
      [{ ...call, name: "n".repeat(65) }, output],
      "Invalid 'input[0].name': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
    ],
    ["an empty name", [{ ...call, name: "" }, output], "Invalid 'input[0].name': empty string"],
    [
      "a namespace with a slash",
      [{ ...call, namespace: "a/b" }, output],
      "'input[0].namespace': string does not",
    ],
    [
      "an empty call id",
      [
        { ...call, call_id: "" },
        { ...output, call_id: "" },
      ],
      "'input[0].call_id': empty string",
    ],
    [
      "a call id of 65 characters",
      [{ ...call, call_id: "c".repeat(65) }],
      "'input[0].call_id': string too long",
    ],
    ["an id of another type", [{ ...call, id: "msg_1" }, output], "Expected an ID that begins with 'fc'."],
    [
      "an id with a dot",
      [{ ...call, id: "fc_a.b" }, output],
      "contains letters, numbers, underscores, or dashes",
    ],
    ["an id that is null", [{ ...message, id: null }], "expected a string, but got null instead"],
    ["an id twice", [message, message], "Duplicate item found with id msg_1."],
    [
      "an unknown status",
      [{ ...call, status: "failed" }, output],
      "Invalid value: 'failed'. Supported values are: 'in_progress', 'completed', and 'incomplete'.",
    ],
    [
      "a status that is null",
      [{ ...message, status: null }],
      "Invalid type for 'input[0].status': expected one of 'in_progress', 'completed', or 'incomplete', but got null instead.",
    ],
    [
      "a status of reasoning",
      [{ ...reasoning, status: "completed" }, message],
      "Unknown parameter: 'input[0].status'.",
    ],
    [
      "an unknown member of an item",
      [{ ...prompt, created_by: "me" }],
      "Unknown parameter: 'input[0].created_by'.",
    ],
    [
      "an unknown member of a part",
      [parts({ type: "input_text", text: "x", cache_control: {} })],
      "Unknown parameter: 'input[0].content[0].cache_control'.",
    ],
    [
      "a private member of the official CLI",
      [{ ...prompt, internal_chat_message_metadata_passthrough: {} }],
      "Unknown",
    ],
    [
      "an unknown item type",
      [{ type: "hologram" }],
      "Invalid value: 'hologram'. Supported values are: 'message'",
    ],
    ["an item without a type", [{ text: "x" }], "Missing required parameter: 'input[0].type'."],
    [
      "an item that is a string",
      ["x"],
      "Invalid type for 'input[0]': expected an object, but got a string instead.",
    ],
    [
      "an unknown role",
      [{ role: "tool", content: "x" }],
      "Supported values are: 'assistant', 'developer', and 'user'.",
    ],
    [
      "a part without a type",
      [parts({ text: "x" })],
      "Missing required parameter: 'input[0].content[0].type'.",
    ],
    [
      "a text that is null",
      [parts({ type: "input_text", text: null })],
      "expected a string, but got null instead",
    ],
    [
      "content that is a number",
      [{ role: "user", content: 7 }],
      "expected one of an array of objects or string, but",
    ],
    ["no content", [{ role: "user" }], "Missing required parameter: 'input[0].content'."],
    ["empty content", [{ role: "user", content: [] }], "Invalid 'input[0].content': empty array."],
    ["an empty list as output", [call, { ...output, output: [] }], "Invalid 'input[1].output': empty array."],
    [
      "arguments that are an object",
      [{ ...call, arguments: {} }],
      "expected a string, but got an object instead",
    ],
    ["a bare reference", [{ type: "item_reference", id: "rs_1" }], "Item with id 'rs_1' not found."],
  ])("refuses %s", (_, input, text) => {
    expect(findRefusal({ input })?.message).toContain(text);
  });

  test.each<[string, Item[], string]>([
    ["SVG", [image("data:image/svg+xml;base64,PHN2Zy8+")], "but got unsupported MIME type 'image/svg+xml'."],
    [
      "a media type in capitals",
      [image(`data:image/PNG;base64,${PIXEL}`)],
      "unsupported MIME type 'image/PNG'.",
    ],
    ["an http URL", [image("http://a.test/a.png")], "but got a value without the 'data:' prefix."],
    ["no bytes", [image("data:image/png;base64,")], "but got empty base64-encoded bytes."],
    [
      "base64 with line breaks",
      [image(`data:image/png;base64,${PIXEL.slice(0, 76)}\n${PIXEL.slice(76)}`)],
      "invalid base64",
    ],
    [
      "base64url",
      [image(`data:image/png;base64,${PIXEL.replaceAll("+", "-").replace("/", "_")}`)],
      "invalid base64",
    ],
    [
      "base64 without its padding",
      [image("data:image/png;base64,iVBORw0KGg")],
      "an invalid base64-encoded value.",
    ],
    ["bytes of another kind", [image("data:image/png;base64,AAAA")], "does not represent a valid image"],
    [
      "no URL",
      [parts({ type: "input_image" })],
      "Missing required parameter: 'input[0].content[0].image_url'.",
    ],
    [
      "an unknown detail",
      [parts({ type: "input_image", image_url: "https://a.test/a", detail: "best" })],
      "'best'",
    ],
    [
      "an image in an output",
      [call, { ...output, output: [{ type: "input_image", image_url: "data:image/bmp;base64,Qk0=" }] }],
      "Invalid 'input[1].output[0].image_url'.",
    ],
  ])("refuses an image: %s", (_, input, text) => {
    expect(findRefusal({ input })?.message).toContain(text);
  });

  test.each<[string, string]>([
    ["png", PIXEL],
    ["jpeg", "/9j/4AAQSkZJRg=="],
    ["gif", "R0lGODlhAQABAAAAACw="],
    ["webp", "UklGRiIAAABXRUJQVlA4"],
  ])("accepts an image of the type %s", (type, data) => {
    expect(findRefusal({ input: [image(`data:image/${type};base64,${data}`)] })).toBeUndefined();
  });

  test("accepts documents with text, and refuses sound as a file", () => {
    expect(findRefusal({ input: [file("data:application/pdf;base64,JVBERi0=")] })).toBeUndefined();
    expect(findRefusal({ input: [file("data:text/markdown;base64,IyBB")] })).toBeUndefined();
    expect(findRefusal({ input: [file("data:audio/mpeg;base64,AAAA")] })?.message).toBe(
      "Invalid file data: 'input[0].content[0].file_data'. Expected a base64-encoded data URL with a valid file MIME type (e.g. 'data:text/plain;base64,SGVsbG8sIFdvcmxkIQ=='), but got unsupported MIME type 'audio/mpeg'. Please see https://platform.openai.com/docs/assistants/tools/file-search#supported-files for supported file types.",
    );
  });
});

describe("order", () => {
  test.each<[string, Item[], string | null]>([
    [
      "reasoning at the end",
      [prompt, reasoning],
      "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
    ],
    ["reasoning before a user message", [prompt, reasoning, prompt], "without its required following item"],
    [
      "reasoning before reasoning before nothing",
      [reasoning, { ...reasoning, id: "rs_2" }],
      "Item 'rs_1' of type",
    ],
    ["reasoning before a message", [reasoning, message], null],
    ["reasoning before a call", [reasoning, call, output], null],
    [
      "reasoning before reasoning before a call",
      [reasoning, { ...reasoning, id: "rs_2" }, call, output],
      null,
    ],
    [
      "reasoning without its content",
      [{ ...reasoning, encrypted_content: null }, message],
      "Item with id 'rs_1' not found.",
    ],
    [
      "reasoning with its plain text",
      [{ ...reasoning, content: [{ type: "reasoning_text", text: "x" }] }, message],
      "Expected an array with maximum length 0",
    ],
    [
      "changed encrypted content",
      [{ ...reasoning, encrypted_content: "gAAAAAb" }, message],
      "could not be verified",
    ],
    ["a call without its output", [call], "No tool output found for function call c1."],
    ["an output without its call", [output], "No tool call found for function call output with call_id c1."],
    ["an output before its call", [output, call], "No tool call found for function call output"],
    ["two outputs of one call", [call, output, output], "No tool call found for function call output"],
    ["two calls with one output", [call, call, output], "No tool output found for function call c1."],
    [
      "an output of another kind",
      [call, { ...output, type: "custom_tool_call_output" }],
      "No tool call found",
    ],
    [
      "two calls with two outputs",
      [call, { ...call, call_id: "c2" }, { ...output, call_id: "c2" }, output],
      null,
    ],
  ])("%s", (_, input, text) => {
    if (text === null) expect(findRefusal({ input })).toBeUndefined();
    else expect(findRefusal({ input })?.message).toContain(text);
  });

  test("an item after reasoning of the simulator needs that reasoning, or no id", () => {
    const id = "msg_0123456789ab000000010001r0000";
    const first = { ...reasoning, id: "rs_0123456789ab000000010000" };
    expect(findRefusal({ input: [first, { ...message, id }] })).toBeUndefined();
    expect(findRefusal({ input: [{ ...message, id: "msg_1" }] })).toBeUndefined();
    expect(findRefusal({ input: [{ ...message, id }] })?.message).toBe(
      `Item '${id}' of type 'message' was provided without its required 'reasoning' item: 'rs_0123456789ab000000010000'.`,
    );
  });
});

describe("tools", () => {
  const tool = {
    type: "function",
    name: "f",
    description: "F",
    strict: false,
    parameters: { type: "object", properties: {} },
  };
  test.each<[string, unknown, string]>([
    ["no list", {}, "Invalid type for 'tools': expected an array, but got an object instead."],
    [
      "more than 128",
      Array.from({ length: 129 }, (_, index) => ({ ...tool, name: `f${index}` })),
      "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead.",
    ],
    [
      "a name with a space",
      [{ ...tool, name: "my tool" }],
      "Invalid 'tools[0].name': string does not match pattern.",
    ],
    [
      "a name of 65 characters",
      [{ ...tool, name: "n".repeat(65) }],
      "Invalid 'tools[0].name': string too long.",
    ],
    [
      "the form of Chat Completions",
      [{ type: "function", function: tool }],
      "Missing required parameter: 'tools[0].name'.",
    ],
    ["an unknown member", [{ ...tool, title: "F" }], "Unknown parameter: 'tools[0].title'."],
    ["an unknown type", [{ type: "hologram" }], "Invalid value: 'hologram'."],
    [
      "a tool in a namespace with an invalid name",
      [{ type: "namespace", name: "n", description: "", tools: [{ ...tool, name: "a.b" }] }],
      "'tools[0].tools[0].name'",
    ],
    [
      "a grammar without its definition",
      [{ type: "custom", name: "c", format: { type: "grammar", syntax: "lark" } }],
      "Missing required parameter: 'tools[0].format.definition'.",
    ],
  ])("refuses %s", (_, tools, text) => {
    expect(findRefusal({ input: [prompt], tools })?.message).toContain(text);
  });
});

test("has a name for each rule, and each rule accepts a plain request", () => {
  for (const [name, rule] of Object.entries(REQUEST_RULES)) {
    expect([name, rule({ input: [prompt, message] })]).toEqual([name, undefined]);
  }
});

test("refuses in the dialects of the service", () => {
  expect(findCodexRefusal(responsesBody([user("Hi")], { temperature: 1 }))).toMatchObject({
    status: 400,
    body: { detail: "Unsupported parameter: temperature" },
  });
  expect(findCodexRefusal(responsesBody([prompt, { ...call, name: "" }, output]))).toMatchObject({
    status: 400,
    body: { error: { type: "invalid_request_error", code: "empty_string", param: "input[1].name" } },
  });
});

describe("evidence", needs(RECORDINGS), () => {
  test("accepts a request that the Codex backend has answered", async () => {
    const text = await readFile(join(FIXTURES, "codex/codex-backend-gpt-5.4.request.json"), "utf8");
    expect(findCodexRefusal(JSON.parse(JSON.parse(text)))).toBeUndefined();
  });

  test("accepts only items that OpenAI's own schema accepts", async () => {
    const problemsOf = await requestSchema(FIXTURES);
    const items = [
      prompt,
      { role: "user", content: "Hi" },
      reasoning,
      message,
      call,
      output,
      image("https://a.test/a.png"),
    ];
    const body = { model: "gpt-5.5", input: items };
    expect(findRefusal(body)).toBeUndefined();
    expect(problemsOf(body)).toEqual([]);
  });
});
