import { Agent, defineTool, type JsonObject, type ObjectSchema } from "axio";
import { ScriptedTransport, textAnswer, toolAnswer } from "axio/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { isTooDeep } from "../src/json-depth.ts";
import { needsTimeLimit } from "../src/schema/time-limit.ts";
import { read, toolResults } from "./support.ts";

const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);
const object = (properties: JsonObject) => ({ type: "object", properties });
const repeated = `${"a".repeat(5_000)}!`;

function validate(inputSchema: JsonObject, input: JsonObject) {
  return defineTool({ name: "tool", description: "", inputSchema, execute: () => "" }).validate(input);
}

describe("a value that takes exponential time to check", () => {
  const chain = (levels: number): JsonObject => (levels === 0 ? { end: 1 } : { next: chain(levels - 1) });
  it.each<[string, JsonObject, JsonObject]>([
    ["nested repetition", object({ x: { type: "string", pattern: "^(a+)+$" } }), { x: repeated }],
    ["overlapping alternatives", object({ x: { pattern: "^(a|a)*$" } }), { x: repeated }],
    ["repeated options", object({ x: { pattern: "^(a?){60}(a?){60}b$" } }), { x: repeated }],
    ["a reference", object({ x: { pattern: "(a+)\\1+\\1+\\1+$" } }), { x: repeated }],
    ["no anchor", object({ x: { pattern: "\\s+$" } }), { x: `${" ".repeat(300_000)}!` }],
    ["a pattern of names", { type: "object", patternProperties: { "^(a+)+$": {} } }, { [repeated]: 1 }],
    [
      "a pattern in a list",
      object({ x: { type: "array", items: { pattern: "^(a*)*$" } } }),
      { x: [repeated] },
    ],
    [
      "a schema that contains itself twice",
      {
        type: "object",
        anyOf: ["a", "b"].map((title) => ({ title, properties: { next: { $ref: "#" }, end: false } })),
      },
      chain(60),
    ],
  ])("is rejected with a reason: %s", async (_, schema, input) => {
    const result = await validate(schema, input);
    expect(result).toMatchObject({
      ok: false,
      issues: [expect.stringContaining("could not be checked within")],
    });
    // The same tool works with other values.
    expect(await validate(schema, {})).toMatchObject({ ok: true });
  });

  it("does not slow down schemas that cannot be slow", () => {
    expect(needsTimeLimit(object({ id: { pattern: "^[a-z]+$" }, pattern: { type: "string" } }))).toBe(false);
    expect(needsTimeLimit(object({ id: { pattern: "^(?:[a-z]+)$" } }))).toBe(true);
    expect(needsTimeLimit(object({ id: { pattern: "a+" } }))).toBe(true);
  });
});

describe("a value with many errors", () => {
  const list = { list: Array.from({ length: 200_000 }, () => 1) };

  it("gets the first one if they are too many for the validator", async () => {
    const result = await validate(object({ list: { type: "array", items: { type: "string" } } }), list);
    expect(result).toMatchObject({
      ok: false,
      issues: expect.arrayContaining([expect.stringMatching(/^#\/list\/0: /)]),
    });
  });

  it.each<[string, ObjectSchema]>([
    ["JSON Schema", object({ list: { type: "array", items: { type: "string" } } })],
    ["a Standard Schema", z.object({ list: z.array(z.string()) })],
  ])("gets 50 of them and the number of the others: %s", async (_, inputSchema) => {
    const { validate } = defineTool({ name: "tool", description: "", inputSchema, execute: () => "" });
    const result = await validate({ list: list.list.slice(0, 1_000) });
    if (result.ok) throw new Error("The value was accepted.");
    expect(result.issues).toHaveLength(51);
    expect(result.issues.at(-1)).toMatch(/^and \d+ more$/);
  });
});

describe("an input that is nested too deeply", () => {
  it.each([
    ["objects", `{"a":${nested(200_000, '{"a":', "}").replace("}", "1}")}}`],
    ["lists", `{"a":${nested(200_000, "[", "]")}}`],
    ["201 levels", `{"a":${nested(200, "[", "]")}}`],
    ["an open end", `{"a":${"[".repeat(200_000)}`],
  ])("gets an error result that says so: %s", async (_, inputText) => {
    const ran: unknown[] = [];
    const tool = defineTool({
      name: "tool",
      description: "",
      inputSchema: { type: "object", properties: {} },
      execute: (input) => ran.push(input),
    });
    const call = { type: "tool-use", id: "1", name: "tool", input: null, inputText } as const;
    const transport = new ScriptedTransport([toolAnswer(call), textAnswer("Done.")]);
    const { events, error } = await read(new Agent({ transport, tools: [tool] }).runStream("Go"));
    expect(error).toBeUndefined();
    expect(ran).toEqual([]);
    expect(toolResults(events)).toMatchObject([
      {
        isError: true,
        content: "The input of tool has more than 200 levels of objects and lists. Use fewer levels.",
      },
    ]);
  });

  it("counts brackets outside of strings only", () => {
    expect(isTooDeep(`"${"[".repeat(2_000)}"`)).toBe(false);
    expect(isTooDeep(`["\\"${"[".repeat(2_000)}"]`)).toBe(false);
    expect(isTooDeep(`["\\\\",${"[".repeat(2_000)}]`)).toBe(true);
    expect(isTooDeep("[1],".repeat(2_000))).toBe(false);
    expect(isTooDeep(nested(200, "[", "]"))).toBe(false);
  });

  it("may have 200 levels, through validation, guards and history", async () => {
    const inputText = `{"a":${nested(199, "[", "]")}}`;
    const schema = object({ a: { $ref: "#/$defs/list" } });
    const tool = defineTool({
      name: "tool",
      description: "",
      inputSchema: { ...schema, $defs: { list: { type: "array", items: { $ref: "#/$defs/list" } } } },
      execute: () => "fine",
    });
    const call = {
      type: "tool-use",
      id: "1",
      name: "tool",
      input: JSON.parse(inputText),
      inputText,
    } as const;
    const transport = new ScriptedTransport([toolAnswer(call), textAnswer("Done.")]);
    const { events } = await read(new Agent({ transport, tools: [tool] }).runStream("Go"));
    expect(toolResults(events)).toMatchObject([{ content: "fine" }]);
  });
});
