import Ajv2020 from "ajv/dist/2020.js";
import {
  Agent,
  AxioError,
  defineTool,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ToolDefinition,
} from "axio";
import { ScriptedTransport, textAnswer } from "axio/testing";
import { findRefusal } from "axio-simulator";
import fc from "fast-check";
import { anySchema, typedSchema } from "test-support/json-schemas";
import { repetitions } from "test-support/requirements";
import { expect, test } from "vitest";
import { buildRequestBody, type RequestBody } from "../../src/index.ts";

const hi = { type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] };
const request = { model: "m", system: "s", messages: [], tools: [] };
const strictness = fc.constantFrom(true, false, undefined);

function refusalOf({ tools, text }: RequestBody): string | undefined {
  const body = JSON.parse(JSON.stringify({ input: [hi], tools, text })) as JsonObject;
  return findRefusal(body)?.message;
}

/** Returns the result of a function, or `undefined` if it throws an error with this code. */
function unlessRefused<Result>(code: string, run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(AxioError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(/cannot be (used|strict): /) });
    return undefined;
  }
}

test("class 3, class 6: any tool is refused when it is defined, or the service accepts its schema", () => {
  fc.assert(
    fc.property(anySchema, strictness, (inputSchema, strict) => {
      const tool = unlessRefused("tool-schema", () =>
        defineTool({ name: "f", description: "", inputSchema, strict, execute: () => "" }),
      );
      if (tool === undefined) return;
      expect(tool.inputSchema["type"]).toBe("object");
      expect(refusalOf(buildRequestBody({ ...request, tools: [tool] }))).toBeUndefined();
    }),
    { numRuns: repetitions({ short: 60, full: 600 }) },
  );
});

test("class 3: any tool definition of another agent is refused before it is sent, or the service accepts it", () => {
  fc.assert(
    fc.property(anySchema, strictness, (inputSchema, strict) => {
      const tools: ToolDefinition[] = [{ name: "f", description: "", inputSchema, strict }];
      const body = unlessRefused("tool-schema", () => buildRequestBody({ ...request, tools }));
      if (body !== undefined) expect(refusalOf(body)).toBeUndefined();
    }),
    { numRuns: repetitions({ short: 60, full: 600 }) },
  );
});

test("class 6, class 11: any output schema is refused before it is sent, or the service accepts it", async () => {
  await fc.assert(
    fc.asyncProperty(anySchema, strictness, async (output, strict) => {
      const transport = new ScriptedTransport([textAnswer("{}")]);
      const stream = unlessRefused("invalid-argument", () =>
        new Agent({ transport }).runStream("Hi", { output, strict }),
      );
      if (stream === undefined) return;
      await stream.finalText();
      const outputFormat = transport.requests[0]?.outputFormat;
      const body = unlessRefused("invalid-argument", () =>
        buildRequestBody({ ...request, options: { outputFormat } }),
      );
      if (body !== undefined) expect(refusalOf(body)).toBeUndefined();
    }),
    { numRuns: repetitions({ short: 60, full: 200 }) },
  );
});

const ajv = new Ajv2020.default({
  strict: false,
  logger: false,
  validateFormats: false,
  ownProperties: true,
});
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(
    fc.constantFrom("a", "b", "kind"),
    fc.oneof(fc.constantFrom("a", "aa", 0, 1, 2.5, null), fc.jsonValue()),
  ),
);

test("a value is validated against the whole schema, whatever of it is sent", async () => {
  await fc.assert(
    fc.asyncProperty(
      typedSchema,
      fc.array(value, { minLength: 5, maxLength: 5 }),
      async (inputSchema, values) => {
        const tool = unlessRefused("tool-schema", () =>
          defineTool({ name: "f", description: "", inputSchema, execute: () => "" }),
        );
        if (tool === undefined) return;
        const isValid = ajv.compile(portable(inputSchema));
        for (const each of values) {
          const text = JSON.stringify(each);
          // Ajv checks `multipleOf` with parseInt(), which reads 1e+21 as 1.
          if (/\de\+/.test(text)) continue;
          const input = JSON.parse(text);
          expect((await tool.validate(input)).ok).toBe(isJsonObject(input) && isValid(input));
        }
      },
    ),
    { numRuns: repetitions({ short: 60, full: 200 }) },
  );
});

test("what is sent accepts each value that the schema accepts, except properties that it does not list", () => {
  fc.assert(
    fc.property(
      typedSchema,
      fc.array(value, { minLength: 5, maxLength: 5 }),
      fc.boolean(),
      (inputSchema, values, strict) => {
        const tools: ToolDefinition[] = [{ name: "f", description: "", inputSchema, strict }];
        const body = unlessRefused("tool-schema", () => buildRequestBody({ ...request, tools }));
        const [tool] = body?.tools ?? [];
        if (tool?.type !== "function") return;
        const isValid = ajv.compile(portable(inputSchema));
        const isSentValid = ajv.compile(opened(portable(tool.parameters)) as JsonObject);
        for (const each of values)
          if (isValid(each)) expect(isSentValid(each), JSON.stringify(each)).toBe(true);
      },
    ),
    { numRuns: repetitions({ short: 60, full: 200 }) },
  );
});

/** The schema with patterns that are valid with the flag `u`, which Ajv sets. */
function portable(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema).replaceAll("[\\\\w-.]", "[\\\\w\\\\-.]")) as JsonObject;
}

/** The schema without closed objects. */
function opened(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(opened);
  if (!isJsonObject(schema)) return schema;
  const entries = Object.entries(schema).filter(
    ([keyword, child]) => !(keyword === "additionalProperties" && child === false),
  );
  return Object.fromEntries(entries.map(([keyword, child]) => [keyword, opened(child)]));
}
