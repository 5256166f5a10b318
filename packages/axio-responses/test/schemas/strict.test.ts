import { defineTool, type JsonObject, type JsonValue, type ObjectSchema } from "axio";
import { findRefusal } from "axio-simulator";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { buildRequestBody, requestWarnings } from "../../src/index.ts";

const text = { type: "string" };
const open = (properties: JsonObject, rest: JsonObject = {}): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  ...rest,
});
const closed = (properties: JsonObject, rest: JsonObject = {}): JsonObject =>
  open(properties, { ...rest, additionalProperties: false });
const request = { model: "m", system: "s", messages: [], tools: [] };

/** Returns how a strict tool is sent. */
function sent(inputSchema: ObjectSchema): { readonly strict: boolean; readonly parameters: JsonObject } {
  const tool = defineTool({ name: "f", description: "", inputSchema, strict: true, execute: () => "" });
  const body = buildRequestBody({ ...request, tools: [tool] });
  const input = [{ type: "message", role: "user", content: "Hi" }];
  expect(findRefusal({ ...JSON.parse(JSON.stringify(body)), input } as JsonObject)).toBeUndefined();
  const [param] = body.tools;
  if (param?.type !== "function") throw new Error("The tool is no function.");
  return param;
}

test("class 3: a schema that says only that it is an object is sent with properties", () => {
  const tools = [{ name: "f", description: "", inputSchema: { type: "object" } }];
  expect(buildRequestBody({ ...request, tools }).tools).toMatchObject([
    { strict: false, parameters: { type: "object", properties: {} } },
  ]);
});

test("class 6: what the service cannot enforce is not sent, but described and validated", async () => {
  const inputSchema = z.object({ link: z.url().describe("The page") });
  const tool = defineTool({ name: "f", description: "", inputSchema, strict: true, execute: () => "" });
  const link = { ...text, description: 'The page\nConstraints: {"format":"uri"}' };
  expect(sent(inputSchema)).toEqual(expect.objectContaining({ strict: true, parameters: closed({ link }) }));
  expect(requestWarnings({ tools: [tool] })).toEqual([]);
  expect(await tool.validate({ link: "no link" })).toMatchObject({ ok: false });
});

test("objects with a list of properties are closed at every depth", () => {
  const b = open({ b: text });
  const c = closed({ b: text });
  const list = { type: "array", items: b };
  expect(
    sent(
      open(
        { list, either: { anyOf: [b, { type: "null" }] }, ref: { $ref: "#/$defs/x" } },
        { $defs: { x: b } },
      ),
    ).parameters,
  ).toEqual(
    closed(
      {
        list: { type: "array", items: c },
        either: { anyOf: [c, { type: "null" }] },
        ref: { $ref: "#/$defs/x" },
      },
      { $defs: { x: c } },
    ),
  );
});

test.each<[string, JsonValue, JsonValue]>([
  ["oneOf becomes anyOf", { oneOf: [text, { type: "null" }] }, { anyOf: [text, { type: "null" }] }],
  [
    "allOf is merged",
    { allOf: [{ ...text, pattern: "^a" }, { pattern: "z$" }, { enum: ["az"] }] },
    { ...text, pattern: "^a", enum: ["az"] },
  ],
  [
    "allOf of objects is merged",
    { allOf: [open({ b: text }), { $ref: "#/$defs/C" }] },
    closed({ b: text, c: text }),
  ],
  ["one reference in allOf", { allOf: [{ $ref: "#/$defs/C" }], default: null }, { $ref: "#/$defs/C" }],
  [
    "constraints beside alternatives move into them",
    { ...text, anyOf: [{ pattern: "^a" }, { type: "number" }, { pattern: "z$" }] },
    {
      anyOf: [
        { ...text, pattern: "^a" },
        { ...text, pattern: "z$" },
      ],
    },
  ],
  [
    "properties beside alternatives move into them",
    { ...open({ b: text }), oneOf: [open({ c: text }), { $ref: "#/$defs/D" }] },
    { anyOf: [closed({ c: text, b: text }), closed({ d: text, b: text })] },
  ],
  [
    "a tuple becomes a list of its types",
    { type: "array", prefixItems: [text, { type: "null" }, text], items: false },
    { type: "array", items: { anyOf: [text, { type: "null" }] }, maxItems: 3 },
  ],
  [
    "a tuple with a rest",
    { type: "array", prefixItems: [text], items: { type: "null" }, minItems: 1 },
    { type: "array", items: { anyOf: [text, { type: "null" }] }, minItems: 1 },
  ],
  [
    "an enum without a type gets its types",
    { enum: ["x", 1, 0.5, null] },
    { type: ["string", "number", "null"], enum: ["x", 1, 0.5, null] },
  ],
  ["integers in an enum", { enum: [1, 2] }, { type: "integer", enum: [1, 2] }],
  ["an enum with values of other types", { ...text, enum: ["x", null, 1] }, { ...text, enum: ["x"] }],
  ["a constant", { const: "x" }, { ...text, const: "x" }],
  ["a type that its keywords imply", { properties: { b: text }, required: ["b"] }, closed({ b: text })],
  ["keywords for other types", { ...text, minimum: 1, properties: {} }, text],
  [
    "a named group in a pattern",
    { ...text, pattern: "(?<n>a)" },
    { ...text, description: 'Constraints: {"pattern":"(?<n>a)"}' },
  ],
  [
    "an optional parenthesis in a pattern",
    { ...text, pattern: "^\\(?\\d" },
    { ...text, pattern: "^\\(?\\d" },
  ],
  ["a property that no value fits", open({ b: text, c: false }, { required: ["b"] }), closed({ b: text })],
  [
    "annotations",
    { ...text, title: "T", default: "x", examples: ["x"], readOnly: true },
    { ...text, title: "T" },
  ],
])("class 6: %s in a strict schema", (_what, property, expected) => {
  const $defs = { C: open({ c: text }), D: open({ d: text }) };
  const { strict, parameters } = sent(open({ a: property }, { $defs }));
  expect(strict).toBe(true);
  expect(parameters["properties"]).toEqual({ a: expected });
});

const nested = (levels: number): JsonObject =>
  levels === 1 ? open({ a: text }) : open({ a: nested(levels - 1) });
const many = (count: number, schema: JsonValue): JsonObject =>
  open(Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, schema])));
const values = (count: number, length = 1): JsonObject => ({
  ...text,
  enum: Array.from({ length: count }, (_, index) => `${index}`.padEnd(length, "x")),
});

test.each<[string, JsonObject, RegExp]>([
  [
    "an optional property",
    open({ a: text, b: text }, { required: ["a"] }),
    /at # the property "b" is optional\. Make it required/,
  ],
  [
    "a required property without a schema",
    open({ a: text }, { required: ["a", "b"] }),
    /the required property "b" has no schema/,
  ],
  [
    "properties of any name",
    open({ a: { type: "object", additionalProperties: text } }),
    /at #\/properties\/a it allows properties of any/,
  ],
  ["an open object", open({ a: { type: "object" } }), /at #\/properties\/a it is an object without a list/],
  ["any root", { type: "object" }, /at # it is an object without a list/],
  ["any value", open({ a: {} }), /at #\/properties\/a it accepts values of any type/],
  ["any value, as true", open({ a: true }), /it accepts any value/],
  ["no value", open({ a: { anyOf: [false] } }), /at #\/properties\/a\/anyOf\/0 it accepts no value/],
  ["a list of anything", open({ a: { type: "array" } }), /an array of any items/],
  [
    "an open tuple",
    open({ a: { type: "array", prefixItems: [text] } }),
    /a tuple with further items of any type/,
  ],
  [
    "objects as values",
    open({ a: { type: "object", properties: {}, enum: [{}] } }),
    /its values are objects/,
  ],
  ["eleven levels", nested(11), /nested more than 10 levels deep/],
  ["5,001 properties", many(5001, text), /more than 5000 properties/],
  ["1,001 values", many(11, values(91)), /more than 1000 enum values/],
  [
    "long values",
    open({ a: values(251, 60) }),
    /at #\/properties\/a its values have more than 15000 characters/,
  ],
  ["a long name", open({ ["n".repeat(120_001)]: text }), /more than 120000 characters/],
])(
  "class 6: with %s a tool is sent without strict, and a warning says why",
  (_what, inputSchema, problem) => {
    const tools = [{ name: "f", description: "", inputSchema, strict: true }];
    expect(sent(inputSchema).strict).toBe(false);
    expect(requestWarnings({ tools })).toMatchObject([
      { code: "tool-schema", message: expect.stringMatching(problem) },
    ]);
    expect(requestWarnings({ tools })[0]?.message).toMatch(
      /^The tool "f" is sent without strict: at .*validated anyway\.$/,
    );
    expect(requestWarnings({ tools: tools.map((tool) => ({ ...tool, strict: false })) })).toEqual([]);
  },
);

test("class 6: ten levels are strict", () => {
  expect(sent(nested(10)).strict).toBe(true);
});

describe("the schema of a response", () => {
  const optional = open({ a: text }, { required: [] });

  test.each([
    ["is strict if it can be", open({ a: text }), undefined, true],
    ["is not strict if it cannot be", optional, undefined, false],
    ["is not strict if the caller says so", open({ a: text }), false, false],
  ])("%s", (_what, schema, strict, expected) => {
    const outputFormat = { name: "answer", schema, strict };
    const format = buildRequestBody({ ...request, options: { outputFormat } }).text?.format;
    expect(format?.strict).toBe(expected);
    expect(format?.schema).toEqual(expected ? closed({ a: text }) : schema);
    const warnings = requestWarnings({ tools: [], outputFormat }).map(({ message }) => message);
    expect(warnings).toEqual(
      schema === optional
        ? [expect.stringMatching(/^The output schema is sent without strict: at # the property "a"/)]
        : [],
    );
  });

  test("throws if it must be strict and cannot be", () => {
    const outputFormat = { name: "answer", schema: optional, strict: true };
    expect(() => buildRequestBody({ ...request, options: { outputFormat } })).toThrow(
      expect.objectContaining({
        code: "invalid-argument",
        message: expect.stringMatching(
          /cannot be strict: at # the property "a" is optional\. Make it required/,
        ),
      }),
    );
  });

  test("class 11: may be a reference", () => {
    const schema = { $ref: "#/$defs/A", $defs: { A: open({ a: text }) } };
    const format = buildRequestBody({ ...request, options: { outputFormat: { name: "answer", schema } } })
      .text?.format;
    expect(format).toMatchObject({ strict: true, schema: closed({ a: text }) });
  });
});
