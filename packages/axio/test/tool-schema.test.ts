import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import { AxioError, defineTool, type JsonObject, type ObjectSchema } from "axio";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";

function define(schema: ObjectSchema) {
  return defineTool({ name: "tool", description: "A tool.", inputSchema: schema, execute: () => "" });
}

const FAMILY: readonly (readonly [string, ObjectSchema])[] = [
  ["zod", z.object({ city: z.string(), days: z.number().optional() })],
  ["valibot", toStandardJsonSchema(v.object({ city: v.string(), days: v.optional(v.number()) }))],
  ["arktype", type({ city: "string", "days?": "number" })],
  [
    "plain JSON Schema",
    {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "number" } },
      required: ["city"],
    },
  ],
];

describe.each(FAMILY)("a schema of %s", (_name, schema) => {
  it("is sent as JSON Schema, without its dialect", () => {
    expect(define(schema).inputSchema).toMatchObject({
      type: "object",
      properties: { city: { type: "string" }, days: { type: "number" } },
      required: ["city"],
    });
    expect(define(schema).inputSchema).not.toHaveProperty("$schema");
  });

  it("accepts input that fits, and reports the issues of other input", async () => {
    const { validate } = define(schema);
    expect(await validate({ city: "Oslo", days: 2 })).toEqual({ ok: true, value: { city: "Oslo", days: 2 } });
    for (const wrong of [{ city: 5 }, {}, { city: "Oslo", days: "2" }, null, [], "Oslo"]) {
      const result = await validate(wrong);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.issues.join()).not.toBe("");
    }
    const result = await validate({ city: 5 });
    expect(result).toMatchObject({ ok: false });
    expect(JSON.stringify(result)).toContain("city");
  });
});

describe("a Standard Schema", () => {
  it("transforms the input for execute, and describes the untransformed input to the model", async () => {
    const { inputSchema, validate } = define(
      z.object({ days: z.number().default(3), when: z.string().transform((text) => new Date(text)) }),
    );
    expect(inputSchema).toMatchObject({ required: ["when"] });
    expect(await validate({ when: "2026-01-01" })).toEqual({
      ok: true,
      value: { days: 3, when: new Date("2026-01-01") },
    });
  });

  it("can validate asynchronously", async () => {
    const { validate } = define(
      z.object({ id: z.string().refine(async (id) => id === "known", "unknown id") }),
    );
    expect(await validate({ id: "known" })).toMatchObject({ ok: true });
    expect(await validate({ id: "x" })).toEqual({ ok: false, issues: ["id: unknown id"] });
  });

  it("is rejected with a remedy if it has no JSON Schema output", () => {
    const bare = v.object({ city: v.string() }) as unknown as ObjectSchema;
    expect(() => define(bare)).toThrow(/toStandardJsonSchema\(schema\)/);
  });

  it("is rejected with the cause if it has types that JSON lacks", () => {
    try {
      define(z.object({ when: z.date() }));
      expect.unreachable();
    } catch (error) {
      expect(AxioError.is(error, "tool-schema")).toBe(true);
      expect((error as AxioError).cause).toBeInstanceOf(Error);
    }
  });
});

describe("a plain JSON Schema", () => {
  it.each<readonly [string, unknown, RegExp]>([
    ["no object", { type: "string" }, /"type" is "string"/],
    ["no type", {}, /"type" is undefined/],
    ["no schema", null, /no schema/],
    [
      "a cycle",
      (() => {
        const cycle: Record<string, unknown> = { type: "object" };
        cycle["properties"] = { cycle };
        return cycle;
      })(),
      /not JSON/,
    ],
    [
      "an unknown type",
      { type: "object", properties: { a: { type: "int" } } },
      /#\/properties\/a "int" is not a JSON type/,
    ],
    ["a wrong required", { type: "object", required: "a" }, /"required" must be a list/],
    ["properties of the wrong shape", { type: "object", properties: [] }, /"properties" must be an object/],
    [
      "a property that is not a schema",
      { type: "object", properties: { a: "string" } },
      /#\/properties\/a a schema must/,
    ],
    [
      "a mistake in a list",
      { type: "object", properties: { a: { anyOf: [{ type: "str" }] } } },
      /anyOf\/0 "str"/,
    ],
    ["a list that is an object", { type: "object", anyOf: {} }, /"anyOf" must be a list/],
    [
      "a mistake in items",
      { type: "object", properties: { a: { items: { type: "str" } } } },
      /a\/items "str"/,
    ],
    [
      "a $ref without a target",
      { type: "object", properties: { a: { $ref: "#/$defs/b" } } },
      /"#\/\$defs\/b" has no target/,
    ],
    [
      "a $ref into the prototype",
      { type: "object", properties: { a: { $ref: "#/$defs/toString" } }, $defs: {} },
      /has no target/,
    ],
  ])("with %s is rejected when the tool is defined", (_name, schema, message) => {
    expect(() => define(schema as JsonObject)).toThrow(message);
  });

  it("can have a $ref, also to itself and through escaped names", async () => {
    const { validate } = define({
      type: "object",
      properties: { children: { type: "array", items: { $ref: "#" } }, size: { $ref: "#/$defs/a~1b" } },
      $defs: { "a/b": { type: "integer" } },
      additionalProperties: false,
    });
    expect(await validate({ size: 1, children: [{ children: [] }] })).toMatchObject({ ok: true });
    expect(await validate({ children: [{ size: "1" }] })).toMatchObject({ ok: false });
    expect(await validate({ children: [{ other: 1 }] })).toMatchObject({ ok: false });
  });

  it("can be frozen, used for several tools, and changed afterwards", async () => {
    const city = Object.freeze({ type: "string" });
    const schema = Object.freeze({ type: "object", properties: Object.freeze({ city }), required: ["city"] });
    const tools = [define(schema), define(schema)];
    schema.required.pop();
    for (const { validate, inputSchema } of tools) {
      expect(inputSchema["required"]).toEqual(["city"]);
      expect(await validate({ city: "Oslo" })).toMatchObject({ ok: true });
      expect(await validate({})).toMatchObject({ ok: false });
      expect(Object.getOwnPropertyNames(inputSchema)).toEqual(["type", "properties", "required"]);
    }
  });

  it("checks own properties only: those of the prototype are neither present nor allowed", async () => {
    const { validate } = define({
      type: "object",
      properties: { toString: { type: "string" }, __proto__: { type: "object" } },
      required: ["toString"],
      additionalProperties: false,
    });
    expect(await validate({})).toMatchObject({ ok: false });
    expect(await validate(JSON.parse('{"toString":"x","__proto__":{"polluted":true}}'))).toMatchObject({
      ok: false,
    });
    expect({}).not.toHaveProperty("polluted");
  });

  it("rejects undefined", async () => {
    expect(await define({ type: "object" }).validate(undefined)).toEqual({
      ok: false,
      issues: ["#: the value must be an object"],
    });
  });
});

describe("defineTool()", () => {
  const schema = { type: "object" };
  const execute = () => "";

  it.each(["", "a b", "ü", "x".repeat(65), "a.b"])("rejects the name %j", (name) => {
    expect(() => defineTool({ name, description: "", inputSchema: schema, execute })).toThrow(
      /not a valid tool name/,
    );
  });

  it.each([0, -1, 1.5, Number.NaN])("rejects a concurrency of %d", (concurrency) => {
    expect(() =>
      defineTool({ name: "a", description: "", inputSchema: schema, execute, concurrency }),
    ).toThrow(/whole number/);
  });

  it("passes strict on", () => {
    const options = { name: "a", description: "", inputSchema: schema, execute };
    expect(defineTool({ ...options, strict: true }).strict).toBe(true);
    expect(defineTool(options).strict).toBeUndefined();
  });
});
