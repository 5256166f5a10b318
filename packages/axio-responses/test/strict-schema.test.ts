import type { JsonObject } from "axio";
import { describe, expect, test } from "vitest";
import { buildRequestBody, strictSchema } from "../src/index.ts";

const text = { type: "string" };
const closed = (properties: JsonObject, rest: JsonObject = {}): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  ...rest,
});

test("objects with a list of properties are closed, at every depth", () => {
  const inner = closed({ b: text });
  expect(
    strictSchema(
      closed(
        {
          list: { type: "array", items: inner },
          either: { anyOf: [inner, { type: "null" }] },
          ref: { $ref: "#/$defs/c" },
        },
        { $defs: { c: inner } },
      ),
    ),
  ).toEqual({
    ok: true,
    schema: closed(
      {
        list: { type: "array", items: { ...inner, additionalProperties: false } },
        either: { anyOf: [{ ...inner, additionalProperties: false }, { type: "null" }] },
        ref: { $ref: "#/$defs/c" },
      },
      { $defs: { c: { ...inner, additionalProperties: false } }, additionalProperties: false },
    ),
  });
});

test.each<[string, JsonObject, string]>([
  ["no object", { type: "array", items: text }, "at # it must have the type"],
  ["a choice at its root", closed({}, { anyOf: [] }), "must not have anyOf"],
  ["an optional member", { ...closed({ a: text, b: text }), required: ["a"] }, 'optional property "b"'],
  [
    "properties of any name",
    closed({ a: { type: "object", additionalProperties: text } }),
    "has additionalProperties",
  ],
  [
    "an object without a list of properties",
    closed({ a: { type: "object" } }),
    "#/properties/a it is an object without a list of properties",
  ],
  ["a value of any type", closed({ a: {} }), "any type"],
  ["a list of anything", closed({ a: { type: "array" } }), "without items"],
  ["allOf", closed({ a: { allOf: [text] } }), "has allOf"],
  ["more beside a reference", closed({ a: { $ref: "#", minLength: 1 } }), "minLength beside $ref"],
  ["true for a schema", closed({ a: true }), "must be a schema"],
  [
    "more than ten levels",
    Array.from({ length: 11 }).reduce<JsonObject>((inner) => closed({ a: inner }), closed({ a: text })),
    "10 levels",
  ],
])("%s cannot be strict", (_what, schema, problem) => {
  expect(strictSchema(schema)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
});

describe("in a request", () => {
  const open = { ...closed({ a: text }), required: [] };
  const request = { model: "m", system: "s", messages: [] };

  test.each([
    ["is strict if it can be", closed({ a: text }), undefined, true],
    ["is not strict if it cannot be", open, undefined, false],
    ["is not strict if the caller says so", closed({ a: text }), false, false],
  ])("the schema of a response %s", (_what, schema, strict, expected) => {
    const outputFormat = { name: "answer", schema, ...(strict === undefined ? {} : { strict }) };
    const { text: sent } = buildRequestBody({ ...request, tools: [], options: { outputFormat } });
    expect(sent?.format?.strict).toBe(expected);
    expect(sent?.format?.schema).toEqual(expected ? { ...schema, additionalProperties: false } : schema);
  });

  test("a schema that must be strict and cannot be says why", () => {
    const outputFormat = { name: "answer", schema: open, strict: true };
    expect(() => buildRequestBody({ ...request, tools: [], options: { outputFormat } })).toThrow(
      expect.objectContaining({
        code: "invalid-argument",
        message: expect.stringMatching(/cannot be strict: .*"a": make it required/),
      }),
    );
    const tools = [{ name: "f", description: "", inputSchema: open, strict: true }];
    expect(() => buildRequestBody({ ...request, tools })).toThrow(
      expect.objectContaining({
        code: "tool-schema",
        message: expect.stringContaining('"f" cannot be strict'),
      }),
    );
  });
});
