import { expect, test } from "vitest";
import { findRefusal } from "../src/index.ts";
import { user } from "./client.ts";

const a = { type: "string" };
const open = (properties: object, rest: object = {}): object => ({ type: "object", properties, ...rest });
const closed = (properties: object, rest: object = {}): object =>
  open(properties, { required: Object.keys(properties), additionalProperties: false, ...rest });
const nested = (levels: number): object => (levels === 1 ? closed({ a }) : closed({ a: nested(levels - 1) }));
const problemOf = (schema: unknown, strict: boolean): string | undefined => {
  const tool = { type: "function", name: "f", description: "", parameters: schema, strict };
  const asTool = findRefusal({ input: [user("Hi")], tools: [tool] })?.message;
  const format = { type: "json_schema", name: "f", schema, strict };
  const asFormat = findRefusal({ input: [user("Hi")], text: { format } })?.message;
  const text = asTool?.replace("Invalid schema for function 'f': ", "");
  if (!Array.isArray(schema)) {
    expect(asFormat?.replace("Invalid schema for response_format 'f': ", "")).toBe(text);
  }
  return text;
};

test.each<[string, unknown, string]>([
  ["no object", [], `schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`],
  [
    "a root of another type",
    { type: "string" },
    `schema must be a JSON Schema of 'type: "object"', got 'type: "string"'.`,
  ],
  ["a root without a type", { anyOf: [open({})] }, `got 'type: "None"'.`],
  ["a root that is a reference", { $ref: "#/$defs/X", $defs: { X: open({}) } }, `got 'type: "None"'.`],
  [
    "a root with anyOf",
    open({}, { anyOf: [open({})] }),
    "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
  ],
  ["a root with allOf", open({}, { allOf: [open({})] }), "at the top level."],
  ["a root without properties", { type: "object" }, "In context=(), object schema missing properties."],
  [
    "a nested object without properties",
    open({ o: { type: "object" } }),
    "In context=('properties', 'o'), object schema missing properties.",
  ],
  [
    "an array without items",
    open({ l: { type: "array" } }),
    "In context=('properties', 'l'), array schema missing items.",
  ],
  [
    "an array in an array without items",
    open({ l: { type: "array", items: { type: "array" } } }),
    "In context=('properties', 'l', 'items'), array schema missing items.",
  ],
  ["an array or null without items", open({ l: { type: ["array", "null"] } }), "array schema missing items."],
  ["a tuple", open({ l: { type: "array", prefixItems: [a] } }), "array schema missing items."],
  ["a tuple of draft 7", open({ l: { type: "array", items: [a] } }), "is not of type 'object', 'boolean'."],
  [
    "items that are true",
    open({ l: { type: "array", items: true } }),
    "array schema items is not an object.",
  ],
  ["an unknown type", open({ l: { type: "str" } }), "'str' is not valid under any of the given schemas."],
  ["required of draft 3", open({ l: { type: "string", required: true } }), "True is not of type 'array'."],
  [
    "exclusiveMinimum of draft 4",
    open({ n: { type: "number", minimum: 0, exclusiveMinimum: true } }),
    "True is not of type 'number'.",
  ],
  ["an empty enum", open({ e: { type: "string", enum: [] } }), "[] should be non-empty."],
  [
    "a reference to nothing",
    open({ r: { $ref: "#/$defs/Y" } }),
    "In context=('properties', 'r'), reference can only point to definitions defined at the top level of the schema.",
  ],
  ["a reference to elsewhere", open({ r: { $ref: "https://a.test/x.json" } }), "reference can only point to"],
])("refuses a schema in every mode: %s", (_, schema, text) => {
  expect(problemOf(schema, false)).toContain(text);
  expect(problemOf(schema, true)).toContain(text);
});

test.each<[string, object, string]>([
  [
    "an open object",
    open({ a }),
    "In context=(), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [
    "an optional property",
    closed({ a }, { required: [] }),
    "'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
  ],
  [
    "a required property that is not there",
    closed({ a }, { required: ["a", "b"] }),
    "Extra required key 'b' supplied.",
  ],
  [
    "an open nested object",
    closed({ o: open({ a }) }),
    "In context=('properties', 'o'), 'additionalProperties' is required",
  ],
  [
    "an open object in a list",
    closed({ l: { type: "array", items: open({ a }) } }),
    "In context=('properties', 'l', 'items'), 'additionalProperties'",
  ],
  [
    "an open object in a definition",
    closed({ a }, { $defs: { X: open({ a }) } }),
    "In context=('$defs', 'X'), 'additionalProperties'",
  ],
  [
    "an open object in anyOf",
    closed({ u: { anyOf: [open({ a }), { type: "null" }] } }),
    "In context=('properties', 'u', 'anyOf', '0'), 'additionalProperties'",
  ],
  [
    "a map",
    closed({ m: { type: "object", properties: {}, additionalProperties: a } }),
    "'additionalProperties' is required",
  ],
  ["any value", closed({ x: {} }), "In context=('properties', 'x'), schema must have a 'type' key."],
  ["an enum without a type", closed({ e: { enum: ["a"] } }), "schema must have a 'type' key."],
  [
    "an unsupported format",
    closed({ u: { type: "string", format: "uri" } }),
    "In context=('properties', 'u'), 'uri' is not a valid format.",
  ],
  [
    "a description beside $ref",
    closed({ r: { $ref: "#/$defs/X", description: "x" } }, { $defs: { X: closed({}) } }),
    "$ref cannot have keywords {'description'}.",
  ],
  ["oneOf", closed({ u: { oneOf: [a] } }), "In context=('properties', 'u'), 'oneOf' is not permitted."],
  ["minLength", closed({ s: { type: "string", minLength: 1 } }), "'minLength' is not permitted."],
  ["a default", closed({ s: { type: "string", default: "x" } }), "'default' is not permitted."],
  ["an unknown keyword", closed({ s: { type: "string", "x-order": 1 } }), "'x-order' is not permitted."],
  ["look-around", closed({ s: { type: "string", pattern: "^(?=a)b" } }), "look-around"],
  ["11 levels", nested(11), "11 levels of nesting exceeds limit of 10."],
  [
    "5,001 properties",
    closed(Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`p${index}`, a]))),
    "Expected at most 5000 object properties",
  ],
  [
    "1,001 enum values",
    closed(
      Object.fromEntries(
        Array.from({ length: 11 }, (_, index) => [
          `p${index}`,
          { type: "string", enum: Array.from({ length: 91 }, (_, value) => `v${value}`) },
        ]),
      ),
    ),
    "Expected at most 1000 enum values",
  ],
  [
    "a large enum of long values",
    closed({
      e: { type: "string", enum: Array.from({ length: 251 }, (_, index) => `${index}`.padEnd(60, "x")) },
    }),
    "must be at most 15000 characters",
  ],
  ["long names", closed({ ["n".repeat(120_001)]: a }), "Expected at most 120000 characters"],
])("refuses a schema in strict mode: %s", (_, schema, text) => {
  expect(problemOf(schema, true)).toContain(text);
  expect(problemOf(schema, false)).toBeUndefined();
});

test("accepts the documented subset in strict mode", () => {
  const schema = closed(
    {
      when: { type: "string", format: "date-time", description: "When" },
      count: { type: ["integer", "null"], minimum: 0, maximum: 9, multipleOf: 3 },
      kind: { type: "string", enum: ["a", "b"] },
      fixed: { type: "string", const: "x" },
      code: { type: "string", pattern: "^[a-z]+$" },
      list: { type: "array", items: { $ref: "#/$defs/X" }, minItems: 1, maxItems: 4 },
      union: { anyOf: [{ $ref: "#/$defs/X" }, { type: "null" }] },
      self: { anyOf: [{ $ref: "#" }, { type: "null" }] },
      empty: closed({}),
    },
    { $defs: { X: closed({ a }) }, title: "T", $schema: "https://json-schema.org/draft/2020-12/schema" },
  );
  expect(problemOf(schema, true)).toBeUndefined();
  expect(problemOf(nested(10), true)).toBeUndefined();
});

test("accepts maps and values of any type if the schema is not strict", () => {
  expect(problemOf(open({ m: { type: "object", additionalProperties: a }, x: {} }), false)).toBeUndefined();
});
