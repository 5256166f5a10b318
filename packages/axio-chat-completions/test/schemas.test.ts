import type { JsonObject, JsonValue } from "axio";
import { describe, expect, test } from "vitest";
import { buildChatBody, DIALECTS, type Dialect } from "../src/index.ts";

function sent(inputSchema: JsonObject, dialect: Dialect = DIALECTS.openai, strict = false): JsonObject {
  const tools = [{ name: "f", description: "", inputSchema, strict }];
  const messages = [{ role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] }];
  const [tool] = buildChatBody({ dialect, model: "m", system: "", messages, tools }).tools ?? [];
  return tool?.function.strict === true
    ? { strict: tool.function.parameters }
    : (tool?.function.parameters ?? {});
}

const object = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: "object",
  properties,
  required,
});

describe("a schema", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["without properties gets none", { type: "object" }, { type: "object", properties: {} }],
    ["without a type is an object", {}, { type: "object", properties: {} }],
    [
      "with an array without items allows any",
      object({ a: { type: "array" }, b: { type: ["array", "null"] } }),
      object({ a: { type: "array", items: {} }, b: { type: ["array", "null"], items: {} } }),
    ],
    [
      "that is a reference is what it refers to",
      { $ref: "#/$defs/A", $defs: { A: object({ a: { $ref: "#/$defs/B" } }), B: { type: "string" } } },
      {
        ...object({ a: { $ref: "#/$defs/B" } }),
        $defs: { A: object({ a: { $ref: "#/$defs/B" } }), B: { type: "string" } },
      },
    ],
    [
      "with alternatives at its root has all their properties, as optional ones",
      {
        type: "object",
        properties: { kind: { type: "string" } },
        required: ["kind"],
        anyOf: [
          object({ a: { type: "string" } }, ["a"]),
          object({ a: { type: "number" }, b: { type: "number" } }),
        ],
      },
      object(
        {
          a: { anyOf: [{ type: "string" }, { type: "number" }] },
          b: { type: "number" },
          kind: { type: "string" },
        },
        ["kind"],
      ),
    ],
    [
      "with allOf at its root demands what its branches demand",
      {
        allOf: [object({ a: { type: "string" } }, ["a"]), { $ref: "#/$defs/B" }],
        $defs: { B: object({ b: {} }, ["b"]) },
      },
      { ...object({ a: { type: "string" }, b: {} }, ["a", "b"]), $defs: { B: object({ b: {} }, ["b"]) } },
    ],
    ["with a condition at its root loses it", { ...object({ a: {} }), not: {}, if: {} }, object({ a: {} })],
    [
      "with a reference to nothing stays an object",
      { $ref: "#/$defs/A" },
      { $ref: "#/$defs/A", type: "object", properties: {} },
    ],
    ["that refers to itself stays as it is", object({ a: { $ref: "#" } }), object({ a: { $ref: "#" } })],
  ])("%s", (_title, schema, expected) => {
    expect(sent(schema)).toEqual(expected);
  });

  test("for Gemini has no references and only the keywords that it accepts", () => {
    const schema: JsonObject = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      ...object({
        kind: { const: "a" },
        node: { $ref: "#/$defs/Node", description: "The root" },
        count: { type: "integer", exclusiveMinimum: 0, minimum: 1 },
        const: { type: "string" },
      }),
      additionalProperties: false,
      $defs: { Node: object({ next: { $ref: "#/$defs/Node" }, value: { type: "string", title: "v" } }) },
    };
    const inner = object({ next: {}, value: { type: "string", title: "v" } });
    expect(sent(schema, DIALECTS.gemini)).toEqual(
      object({
        kind: { enum: ["a"] },
        node: { ...inner, description: "The root" },
        count: { type: "integer", minimum: 1 },
        const: { type: "string" },
      }),
    );
  });
});

describe("a strict schema", () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      "is closed",
      object({ a: { type: "string" } }, ["a"]),
      { ...object({ a: { type: "string" } }, ["a"]), additionalProperties: false },
    ],
    [
      "is closed within",
      object({ a: object({ b: { type: "array", items: object({}) } }, ["b"]) }, ["a"]),
      {
        ...object(
          {
            a: {
              ...object({ b: { type: "array", items: { ...object({}), additionalProperties: false } } }, [
                "b",
              ]),
              additionalProperties: false,
            },
          },
          ["a"],
        ),
        additionalProperties: false,
      },
    ],
    [
      "loses what says nothing of the value",
      { ...object({ a: { type: "string", default: "x", examples: ["y"] } }, ["a"]), $schema: "x" },
      { ...object({ a: { type: "string" } }, ["a"]), additionalProperties: false },
    ],
    [
      "keeps references alone",
      {
        ...object({ a: { $ref: "#/$defs/A", description: "An A" } }, ["a"]),
        $defs: { A: { type: "string", format: "email" } },
      },
      {
        ...object({ a: { $ref: "#/$defs/A" } }, ["a"]),
        $defs: { A: { type: "string", format: "email" } },
        additionalProperties: false,
      },
    ],
    [
      "keeps nullable alternatives, enums, patterns and limits",
      object(
        {
          a: { anyOf: [{ type: "string", pattern: "^a" }, { type: "null" }] },
          b: { enum: [1, 2] },
          c: { type: ["number", "null"], minimum: 0 },
        },
        ["a", "b", "c"],
      ),
      {
        ...object(
          {
            a: { anyOf: [{ type: "string", pattern: "^a" }, { type: "null" }] },
            b: { enum: [1, 2] },
            c: { type: ["number", "null"], minimum: 0 },
          },
          ["a", "b", "c"],
        ),
        additionalProperties: false,
      },
    ],
    [
      "may have no properties",
      { type: "object", additionalProperties: false },
      { ...object({}), additionalProperties: false },
    ],
  ])("%s", (_title, schema, expected) => {
    expect(sent(schema, DIALECTS.openai, true)).toEqual({ strict: expected });
  });

  const deep = (levels: number): JsonValue =>
    levels === 0 ? { type: "string" } : object({ a: deep(levels - 1) }, ["a"]);
  const many = Object.fromEntries(
    Array.from({ length: 5001 }, (_, index) => [`p${index}`, { type: "string" }]),
  );

  test.each<[string, JsonObject]>([
    ["an optional property", object({ a: { type: "string" } })],
    ["any members", { type: "object" }],
    ["additional properties", { ...object({}), additionalProperties: { type: "string" } }],
    ["any value", object({ a: {} }, ["a"])],
    ["an array without items", object({ a: { type: "array" } }, ["a"])],
    ["a format that is not supported", object({ a: { type: "string", format: "uri" } }, ["a"])],
    ["a pattern that looks ahead", object({ a: { type: "string", pattern: "(?=a)" } }, ["a"])],
    ["oneOf", object({ a: { oneOf: [{ type: "string" }] } }, ["a"])],
    ["minLength", object({ a: { type: "string", minLength: 1 } }, ["a"])],
    ["anyOf at its root", { ...object({}), anyOf: [] }],
    ["constraints beside a reference", object({ a: { $ref: "#/$defs/A", minimum: 1 } }, ["a"])],
    ["eleven levels", deep(11) as JsonObject],
    ["5,001 properties", object(many, Object.keys(many))],
    ["1,001 enum values", object({ a: { enum: Array.from({ length: 1001 }, (_, index) => index) } }, ["a"])],
    ["no schema for a property", object({ a: true }, ["a"])],
    ["no object of properties", { type: "object", properties: [] }],
  ])("cannot have %s: the tool is sent without strict", (_what, schema) => {
    expect(sent(schema, DIALECTS.openai, true)).not.toHaveProperty("strict");
  });
});
