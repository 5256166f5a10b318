import {
  assistantMessage,
  defineTextTool,
  imageGenerationTool,
  isJsonObject,
  type JsonObject,
  type Message,
  type ToolDefinition,
  userMessage,
  webSearchTool,
} from "axio";
import { buildRequestBody } from "axio-responses";
import { readApiSchema } from "test-support/api-schema";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { toLiteBody } from "../src/backend/lite-body.ts";

const run: ToolDefinition = {
  name: "run",
  description: "Runs a command",
  inputSchema: { type: "object", properties: {} },
};
const image = {
  type: "image",
  mediaType: "image/png",
  source: { kind: "base64", data: "iVBORw0KGgo=" },
} as const;

function lite(messages: readonly Message[], tools: readonly ToolDefinition[] = [run]): JsonObject {
  return toLiteBody(
    buildRequestBody({
      model: "gpt-6.1-sol",
      system: "Be brief.",
      messages,
      tools,
      options: { reasoning: { effort: "low" }, promptCacheKey: "key" },
    }),
  );
}

test("a lite body is that of the official CLI: tools and instructions first in the input, one call at a time", () => {
  expect(lite([userMessage("Hi")])).toEqual({
    model: "gpt-6.1-sol",
    tool_choice: "auto",
    parallel_tool_calls: false,
    reasoning: { effort: "low", context: "all_turns" },
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "key",
    input: [
      {
        type: "additional_tools",
        role: "developer",
        tools: [
          {
            type: "namespace",
            name: "functions",
            description: "",
            tools: [
              {
                type: "function",
                name: "run",
                description: "Runs a command",
                strict: false,
                parameters: run.inputSchema,
              },
            ],
          },
        ],
      },
      { type: "message", role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] },
    ],
  });
});

function inputOf(body: JsonObject): readonly JsonObject[] {
  return Array.isArray(body["input"]) ? body["input"].filter(isJsonObject) : [];
}

test("without tools there is no item for tools", () => {
  expect(inputOf(lite([userMessage("Hi")], [])).map(({ type }) => type)).toEqual(["message", "message"]);
});

test("images lose their detail, in messages and tool results, and nothing else changes", () => {
  const messages = [
    userMessage([image, { type: "text", text: "What is it?" }]),
    assistantMessage([{ type: "tool-use", id: "c1", name: "run", input: {} }]),
    userMessage([{ type: "tool-result", toolCallId: "c1", content: [image] }]),
  ];
  const picture = { type: "input_image", image_url: "data:image/png;base64,iVBORw0KGgo=" };
  expect(inputOf(lite(messages)).slice(2)).toEqual([
    { type: "message", role: "user", content: [picture, { type: "input_text", text: "What is it?" }] },
    { type: "function_call", call_id: "c1", name: "run", arguments: "{}" },
    { type: "function_call_output", call_id: "c1", output: [picture] },
  ]);
});

test("each request of a conversation begins with the bytes of the previous one", () => {
  const messages: Message[] = [];
  let before = "";
  for (let turn = 0; turn < 6; turn++) {
    messages.push(userMessage(`Question ${turn}`));
    const body = JSON.stringify(lite(messages)).slice(0, -"]}".length);
    expect(body.startsWith(before)).toBe(true);
    expect(body.length).toBeGreaterThan(before.length);
    before = body;
    messages.push(assistantMessage(`Answer ${turn}`));
  }
});

const hosted = [
  defineTextTool({ name: "note", description: "Takes a note", execute: (text) => text }),
  webSearchTool({ live: false }),
  imageGenerationTool({ format: "webp" }),
];

test("hosted tools stay beside the namespace", () => {
  expect(lite([userMessage("Hi")], hosted)["input"]).toMatchObject([
    {
      tools: [
        { type: "namespace", tools: [{ name: "note" }] },
        { type: "web_search" },
        { type: "image_generation" },
      ],
    },
    {},
    {},
  ]);
});

describe("OpenAI's schema", needs(RECORDINGS), () => {
  test("has these tools", () => {
    expect(readApiSchema().faultsOf("CreateResponse", lite([userMessage("Hi")], hosted))).toBe("");
  });
});
