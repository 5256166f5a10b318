import { toStandardJsonSchema } from "@valibot/to-json-schema";
import {
  Agent,
  AxioError,
  defineTool,
  type JsonObject,
  type JsonValue,
  MemoryContextStore,
  type ObjectSchema,
  type Tool,
} from "axio";
import { ScriptedTransport, textAnswer, toolAnswer, toolUse } from "axio/testing";
import * as v from "valibot";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { anyTool, failure, read, toolResults } from "./support.ts";

function define(inputSchema: ObjectSchema): Tool {
  return defineTool({ name: "f", description: "", inputSchema, execute: () => "" });
}

const object = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: "object",
  properties,
  required,
});
const text = { type: "string" };

describe("class 11: a schema whose root is a reference", () => {
  const city = z.object({ city: z.string() }).meta({ id: "City" });

  it("describes a tool", async () => {
    const { inputSchema, validate } = define(city);
    expect(inputSchema).toEqual(object({ city: text }));
    expect(await validate({ city: "Oslo" })).toEqual({ ok: true, value: { city: "Oslo" } });
    expect(await validate({ city: 1 })).toMatchObject({ ok: false });
  });

  it("describes the output of a run", async () => {
    const transport = new ScriptedTransport([textAnswer('{"city":"Oslo"}')]);
    const { object: answer } = await new Agent({ transport }).runObject("Where?", { output: city });
    expect(answer.city).toBe("Oslo");
    expect(transport.requests[0]?.outputFormat?.schema).toEqual(object({ city: text }));
  });

  it("keeps the definitions that it uses", async () => {
    const node: JsonObject = object({ next: { anyOf: [{ $ref: "#/definitions/Node" }, { type: "null" }] } });
    const schema = { $ref: "#/definitions/Node", definitions: { Node: node, Unused: text } };
    const { inputSchema, validate } = define(schema);
    const next = { anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }] };
    expect(inputSchema).toEqual({ ...object({ next }), $defs: { Node: object({ next }) } });
    expect(await validate({ next: { next: null } })).toMatchObject({ ok: true });
    expect(await validate({ next: { next: 1 } })).toMatchObject({ ok: false });
  });

  it("merges what is beside the reference", () => {
    const schema = { $ref: "#/$defs/A", description: "Outer", required: ["b"], properties: { b: text } };
    expect(
      define({ ...schema, $defs: { A: { ...object({ a: text }), description: "Inner" } } }).inputSchema,
    ).toEqual({
      ...object({ b: text, a: text }),
      description: "Outer",
    });
  });
});

describe("class 3: combinators at the root", () => {
  test.each<[string, ObjectSchema, JsonObject]>([
    [
      "a discriminated union of zod",
      z.discriminatedUnion("k", [
        z.object({ k: z.literal("x"), a: z.string() }),
        z.object({ k: z.literal("y"), b: z.string() }),
      ]),
      object(
        {
          k: {
            anyOf: [
              { type: "string", const: "x" },
              { type: "string", const: "y" },
            ],
          },
          a: text,
          b: text,
        },
        ["k"],
      ),
    ],
    [
      "a variant of valibot",
      toStandardJsonSchema(
        v.variant("k", [v.object({ k: v.literal("x") }), v.object({ k: v.literal("y") })]),
      ),
      object({ k: { anyOf: [{ const: "x" }, { const: "y" }] } }),
    ],
    ["an object that may be null", z.object({ a: z.string() }).nullable(), object({ a: text })],
    [
      "an intersection",
      { allOf: [object({ a: text, n: { minimum: 1 } }), object({ b: text, n: { minimum: 2 } })] },
      object({ a: text, n: { minimum: 2 }, b: text }),
    ],
    [
      "alternatives of which one is required",
      { ...object({ a: text, b: text }, []), anyOf: [{ required: ["a"] }, { required: ["b"] }] },
      object({ a: text, b: text }, []),
    ],
    [
      "a condition",
      {
        ...object({ a: text }),
        ...JSON.parse(
          '{"if":{"required":["a"]},"then":{"properties":{"b":{"type":"string"}},"required":["b"]}}',
        ),
      },
      { ...object({ a: text, b: text }, ["a"]) },
    ],
    ["a negation", { ...object({ a: text }), not: { required: ["b"] } }, object({ a: text })],
  ])("%s become properties of an object", (_what, schema, expected) => {
    expect(define(schema).inputSchema).toEqual(expected);
  });

  it("are still validated", async () => {
    const { validate } = define({ oneOf: [object({ a: text }), object({ b: text })] });
    expect(await validate({ a: "x" })).toMatchObject({ ok: true });
    expect(await validate({})).toMatchObject({ ok: false });
    expect(await validate({ a: "x", b: "x" })).toMatchObject({ ok: false });
  });
});

describe("class 3: a schema of another draft", () => {
  test.each<[string, JsonValue, JsonValue, accepted: JsonValue, rejected: JsonValue]>([
    ["nullable of OpenAPI", { ...text, nullable: true }, { type: ["string", "null"] }, null, 1],
    [
      "nullable beside an enum",
      { ...text, enum: ["x"], nullable: true },
      { type: ["string", "null"], enum: ["x", null] },
      null,
      "y",
    ],
    [
      "nullable beside a reference",
      { $ref: "#/$defs/A", nullable: true, description: "An A" },
      { description: "An A", anyOf: [{ $ref: "#/$defs/A" }, { type: "null" }] },
      null,
      1,
    ],
    [
      "exclusiveMinimum of draft 4",
      { type: "number", minimum: 1, exclusiveMinimum: true },
      { type: "number", exclusiveMinimum: 1 },
      2,
      1,
    ],
    [
      "a tuple of draft 7",
      { type: "array", items: [text], additionalItems: false },
      { type: "array", prefixItems: [text], items: false },
      ["x"],
      ["x", "x"],
    ],
    [
      "dependencies of draft 7",
      { type: "object", dependencies: { a: ["b"], c: { minProperties: 2 } } },
      { type: "object", dependentRequired: { a: ["b"] }, dependentSchemas: { c: { minProperties: 2 } } },
      { b: 1 },
      { a: 1 },
    ],
    [
      "required of draft 3",
      { type: "object", properties: { b: { type: "string", required: true } } },
      { type: "object", properties: { b: text }, required: ["b"] },
      { b: "x" },
      {},
    ],
    ["null for what is absent", { ...text, minLength: null, description: null }, text, "", 1],
    [
      "an old pattern",
      { ...text, pattern: "^[\\w-.]+\\_$" },
      { ...text, pattern: "^[\\w\\-.]+_$" },
      "a-._",
      "!_",
    ],
    [
      "keywords of others",
      { ...text, "x-order": 1, $comment: "x", example: "a" },
      { examples: ["a"], ...text },
      "",
      1,
    ],
  ])(
    "has %s converted, for the model and for validation",
    async (_what, schema, expected, accepted, rejected) => {
      const { inputSchema, validate } = define({ ...object({ a: schema }), $defs: { A: text } });
      expect(inputSchema).toMatchObject(object({ a: expected }));
      expect(await validate({ a: accepted })).toMatchObject({ ok: true });
      expect(await validate({ a: rejected })).toMatchObject({ ok: false });
    },
  );

  test.each<[string, string, JsonObject]>([
    ["a definition", "#/definitions/A", { definitions: { A: text } }],
    ["a property", "#/properties/A", { properties: { A: text } }],
    ["an escaped name", "#/$defs/a~1%20b", { $defs: { "a/ b": text } }],
    ["an item of a list", "#/x-list/1", { "x-list": [{}, text] }],
    ["an anchor", "#A", { $defs: { x: { ...text, $anchor: "A" } } }],
    [
      "an absolute URI",
      "https://a.test/s.json#/$defs/A",
      { $id: "https://a.test/s.json", $defs: { A: text } },
    ],
    ["a relative URI", "b.json", { $id: "https://a.test/s.json", $defs: { B: { ...text, $id: "b.json" } } }],
  ])("has its references replaced: %s", async (_what, $ref, rest) => {
    const { inputSchema, validate } = define({
      ...object({ a: { $ref } }),
      ...rest,
      ...withProperty(rest, { $ref }),
    });
    expect(JSON.stringify(inputSchema)).toMatch(/"\$ref":"#\/\$defs\/[\w.]+"/);
    expect(Object.values(inputSchema["$defs"] ?? {})).toEqual([text]);
    expect(await validate({ a: "x" })).toMatchObject({ ok: true });
    expect(await validate({ a: 1 })).toMatchObject({ ok: false });
  });

  function withProperty({ properties }: JsonObject, a: JsonObject): JsonObject {
    return { properties: { a, ...(properties as JsonObject | undefined) } };
  }
});

describe("a schema is rejected with its place", () => {
  const deep = (levels: number): JsonValue =>
    levels === 0 ? text : { type: "array", items: deep(levels - 1) };

  test.each<[string, JsonObject, RegExp]>([
    ["a list", { type: "array" }, /must be an object: the "type" is "array"/],
    ["only properties", { city: text }, /must be an object: the "type" is undefined/],
    ["no object among its alternatives", { anyOf: [text, { type: "null" }] }, /must be an object/],
    [
      "another document",
      object({ a: { $ref: "https://a.test/b.json" } }),
      /at #\/properties\/a the \$ref .* no target/,
    ],
    ["a reference to itself", { $ref: "#" }, /at # the schema refers to itself/],
    [
      "definitions that refer to each other",
      {
        ...object({ a: { $ref: "#/$defs/A" } }),
        $defs: { A: { allOf: [{ $ref: "#/$defs/B" }] }, B: { $ref: "#/$defs/A" } },
      },
      /at #\/\$defs\/A the schema refers to itself/,
    ],
    [
      "a wrong limit",
      object({ a: { minLength: -1 } }),
      /#\/properties\/a "minLength" must be a whole number from 0/,
    ],
    ["a wrong step", object({ a: { multipleOf: 0 } }), /"multipleOf" must be a number above 0/],
    ["a wrong flag", object({ a: { uniqueItems: 1 } }), /"uniqueItems" must be true or false/],
    ["no types", object({ a: { type: [] } }), /"type" must name a type/],
    ["a type that is no name", object({ a: { type: [text] } }), /"type" must be a name, or a list of names/],
    [
      "a pattern of another language",
      object({ a: { pattern: "(?i)x" } }),
      /"\(\?i\)x" is not a regular expression/,
    ],
    [
      "a wrong name of properties",
      object({ a: { patternProperties: { "(": text } } }),
      /#\/properties\/a\/patternProperties\/\( the pattern/,
    ],
    ["too many levels", object({ a: deep(300) }), /nested too deeply/],
  ])("that is, or has, %s", (_what, schema, message) => {
    expect(() => define(schema)).toThrow(
      expect.objectContaining({ code: "tool-schema", message: expect.stringMatching(message) }),
    );
  });

  it("and a definition that is used thousands of times takes no time", () => {
    const names = Array.from({ length: 200 }, (_, index) => `D${index}`);
    const $defs = Object.fromEntries(
      names.map((name, index) => {
        const $ref = `#/$defs/${names[index + 1] ?? "Last"}`;
        return [name, { allOf: [{ $ref }, { $ref }] }];
      }),
    );
    const { inputSchema } = define({ $ref: "#/$defs/D0", $defs: { ...$defs, Last: object({ a: text }) } });
    expect(inputSchema).toEqual(object({ a: text }));
  });
});

describe("integers that JavaScript cannot represent", () => {
  const inexact = '{"id":9007199254740993}';

  function callWith(inputText: string): ReturnType<typeof toolUse> {
    return { ...toolUse("1", "f"), input: JSON.parse(inputText) as JsonValue, inputText };
  }

  it.each([
    ["2^53 + 1", inexact, "9007199254740993"],
    ["a long id", '{"ids":["1",{"a":-12345678901234567891}]}', "-12345678901234567891"],
    ["an infinite number", '{"n":1e999}', "1e999"],
  ])(
    "are an error result for the model, and the call stays in the history as it was: %s",
    async (_what, json, shown) => {
      const transport = new ScriptedTransport([toolAnswer(callWith(json)), textAnswer("Done.")]);
      const context = new MemoryContextStore();
      const ran: unknown[] = [];
      const tools = [anyTool("f", (input) => String(ran.push(input)))];
      const { events } = await read(new Agent({ transport, tools }).runStream("Go", { context }));
      expect(toolResults(events)).toEqual([
        {
          type: "tool-result",
          toolCallId: "1",
          isError: true,
          content: `The input of f has the integer ${shown}, which cannot be represented exactly. Send it as a string if the schema allows it.`,
        },
      ]);
      expect(ran).toEqual([]);
      const blocks = (await context.history()).flatMap(({ content }) => content);
      expect(blocks.find(({ type }) => type === "tool-use")).toMatchObject({ inputText: json });
    },
  );

  it.each([
    ["2^53 itself", '{"id": 9007199254740992}'],
    ["an even larger one that is exact", '{"id":10000000000000000000000}'],
    ["digits in a string", '{"id": "9007199254740993", "\\"9007199254740993": 1}'],
    ["fractions", '{"id": 0.12345678901234567}'],
  ])("are no others: %s", async (_what, json) => {
    const transport = new ScriptedTransport([toolAnswer(callWith(json)), textAnswer("Done.")]);
    const { events } = await read(
      new Agent({ transport, tools: [anyTool("f", () => "ran")] }).runStream("Go"),
    );
    expect(toolResults(events)).toMatchObject([{ content: "ran" }]);
  });

  it("are a mismatch of structured output", async () => {
    const transport = new ScriptedTransport([textAnswer(inexact)]);
    const output = object({ id: { type: "integer" } });
    const error = await failure(new Agent({ transport }).runObject("Which?", { output }));
    expect(AxioError.is(error, "output-mismatch")).toBe(true);
    expect(error).toMatchObject({ details: { issues: [expect.stringContaining("9007199254740993")] } });
  });
});
