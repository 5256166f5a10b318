import { AxioError, type JsonObject, type JsonValue } from "axio";
import { findRefusal } from "axio-simulator";
import fc from "fast-check";
import { anySchema } from "test-support/json-schemas";
import { repetitions } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { buildChatBody, type ChatBody, DIALECTS, type Dialect, requestWarnings } from "../src/index.ts";

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
      { ...object({ a: { $ref: "#/$defs/B" } }), $defs: { B: { type: "string" } } },
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
      object({ a: { type: "string" }, b: {} }, ["a", "b"]),
    ],
    ["with a condition at its root loses it", { ...object({ a: {} }), not: {}, if: {} }, object({ a: {} })],
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
      "keeps references, with a description around them",
      {
        ...object({ a: { $ref: "#/$defs/A", description: "An A" } }, ["a"]),
        $defs: { A: { type: "string", format: "email" } },
      },
      {
        ...object({ a: { description: "An A", anyOf: [{ $ref: "#/$defs/A" }] } }, ["a"]),
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
            b: { type: "integer", enum: [1, 2] },
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

  test.each<[string, JsonObject, JsonObject]>([
    [
      "a format",
      { type: "string", format: "uri" },
      { type: "string", description: 'Constraints: {"format":"uri"}' },
    ],
    [
      "a pattern that looks ahead",
      { type: "string", pattern: "(?=a)" },
      { type: "string", description: 'Constraints: {"pattern":"(?=a)"}' },
    ],
    [
      "minLength",
      { type: "string", minLength: 1, description: "A name" },
      { type: "string", description: 'A name\nConstraints: {"minLength":1}' },
    ],
    [
      "oneOf",
      { oneOf: [{ type: "string" }, { type: "null" }] },
      { anyOf: [{ type: "string" }, { type: "null" }] },
    ],
    ["not", { type: "string", not: { const: "x" } }, { type: "string" }],
  ])("is sent without %s, which the API cannot enforce", (_what, property, expected) => {
    expect(sent(object({ a: property }, ["a"]), DIALECTS.openai, true)).toEqual({
      strict: { ...object({ a: expected }, ["a"]), additionalProperties: false },
    });
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
    ["eleven levels", deep(11) as JsonObject],
    ["5,001 properties", object(many, Object.keys(many))],
    ["1,001 enum values", object({ a: { enum: Array.from({ length: 1001 }, (_, index) => index) } }, ["a"])],
    ["no schema for a property", object({ a: true }, ["a"])],
  ])("cannot have %s: the tool is sent without strict", (_what, schema) => {
    const tools = [{ name: "f", description: "", inputSchema: schema, strict: true }];
    expect(sent(schema, DIALECTS.openai, true)).not.toHaveProperty("strict");
    expect(requestWarnings({ tools }, DIALECTS.openai)).toMatchObject([
      {
        code: "tool-schema",
        message: expect.stringMatching(/^The tool "f" is sent without strict: at #\S* .+validated/),
      },
    ]);
    expect(requestWarnings({ tools }, DIALECTS.vllm)).toEqual([]);
  });

  test.each<[string, JsonObject, RegExp]>([
    [
      "a reference to nothing",
      { $ref: "#/$defs/A" },
      /The tool "f" cannot be used: at # the \$ref "#\/\$defs\/A" has no target/,
    ],
    ["a list of properties", { type: "object", properties: [] }, /"properties" must be an object/],
    ["another root", { type: "array" }, /must be an object: the "type" is "array"/],
  ])("with %s is refused", (_what, schema, message) => {
    expect(() => sent(schema)).toThrow(
      expect.objectContaining({ code: "tool-schema", message: expect.stringMatching(message) }),
    );
  });
});

test("class 3, class 6: any tool and any output schema is refused, or the strictest server accepts it", () => {
  fc.assert(
    fc.property(
      anySchema,
      fc.boolean(),
      fc.constantFrom(...Object.values(DIALECTS)),
      (schema, strict, dialect) => {
        const messages = [{ role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] }];
        const tools = [{ name: "f", description: "", inputSchema: schema, strict }];
        const options = { outputFormat: { name: "o", schema } };
        try {
          const body = buildChatBody({ dialect, model: "m", system: "", messages, tools, options });
          const judged = {
            input: [{ type: "message", role: "user", content: "Hi" }],
            tools: body.tools?.map(({ function: { strict: isStrict = false, ...rest } }) => ({
              type: "function",
              strict: isStrict,
              ...rest,
            })),
            text: { format: formatOf(body) },
          };
          expect(findRefusal(JSON.parse(JSON.stringify(judged)))?.message).toBeUndefined();
        } catch (error) {
          if (!AxioError.is(error)) throw error;
          expect(error.message).toMatch(/cannot be used: /);
        }
      },
    ),
    { numRuns: repetitions({ short: 200, full: 1_000 }) },
  );
});

/** The format as the Responses API has it. */
function formatOf({ response_format: format }: ChatBody): object {
  return format?.type === "json_schema" ? { type: "json_schema", ...format.json_schema } : { type: "text" };
}
