import { defineTextTool, imageGenerationTool, userMessage, webSearchTool } from "axio";
import { readApiSchema } from "test-support/api-schema";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { buildRequestBody } from "../src/index.ts";

const patch = defineTextTool({
  name: "patch",
  description: "Applies a patch",
  grammar: { syntax: "lark", definition: 'start: "x"' },
  execute: (text) => text,
});
const note = defineTextTool({ name: "note", description: "Takes a note", execute: (text) => text });
const search = webSearchTool({
  allowedDomains: ["nodejs.org"],
  contextSize: "low",
  live: false,
  location: { country: "DE", city: "Bonn" },
});
const draw = imageGenerationTool({ size: "1024x1024", quality: "low", format: "webp", partialImages: 1 });
const tools = [patch, note, search, draw];
const found = webSearchTool({ sources: true });
const request = { model: "gpt-5.5", system: "s", messages: [userMessage("Hi")], tools };

test("free-form tools and hosted tools have their own form", () => {
  expect(buildRequestBody(request).tools).toEqual([
    {
      type: "custom",
      name: "patch",
      description: "Applies a patch",
      format: { type: "grammar", syntax: "lark", definition: 'start: "x"' },
    },
    { type: "custom", name: "note", description: "Takes a note", format: { type: "text" } },
    {
      type: "web_search",
      external_web_access: false,
      filters: { allowed_domains: ["nodejs.org"] },
      search_context_size: "low",
      user_location: { type: "approximate", country: "DE", city: "Bonn" },
    },
    { type: "image_generation", size: "1024x1024", quality: "low", output_format: "webp", partial_images: 1 },
  ]);
  expect(buildRequestBody({ ...request, tools: [webSearchTool(), imageGenerationTool()] }).tools).toEqual([
    { type: "web_search" },
    { type: "image_generation" },
  ]);
});

test.each([
  ["none" as const, "none"],
  [{ name: "patch" }, { type: "custom", name: "patch" }],
  [{ name: "web_search" }, { type: "web_search" }],
  [{ name: "image_generation" }, { type: "image_generation" }],
])("the choice %j is sent as %j", (toolChoice, expected) => {
  expect(buildRequestBody({ ...request, options: { toolChoice } }).tool_choice).toEqual(expected);
});

test("the choice of an unknown tool names the known ones", () => {
  expect(() => buildRequestBody({ ...request, options: { toolChoice: { name: "run" } } })).toThrow(
    expect.objectContaining({
      code: "invalid-argument",
      message: expect.stringContaining("patch, note, web_search, image_generation"),
    }),
  );
});

describe("OpenAI's schema", needs(RECORDINGS), () => {
  test("has these tools", () => {
    const schema = readApiSchema();
    const body = buildRequestBody({ ...request, options: { reasoning: { context: "auto" } } });
    expect(schema.faultsOf("CreateResponse", body)).toBe("");
  });
});

test("the pages that a search finds are requested if its tool asks for them", () => {
  expect(buildRequestBody(request).include).toEqual(["reasoning.encrypted_content"]);
  expect(buildRequestBody({ ...request, tools: [found] }).include).toEqual([
    "reasoning.encrypted_content",
    "web_search_call.action.sources",
  ]);
});

test("two tools with the same name are rejected with the name", () => {
  expect(() => buildRequestBody({ ...request, tools: [note, search, note] })).toThrow(
    'Two tools are named "note". Give each tool its own name.',
  );
});
