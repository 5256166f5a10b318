import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { AxioError } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import type { ValidationResult } from "./tool.ts";

/** A schema of zod 4, valibot (through `toStandardJsonSchema`), arktype or any other library of the Standard Schema family. */
export type StandardToolSchema = StandardSchemaV1 & StandardJSONSchemaV1;

/** What a tool's arguments may be described with: a Standard Schema, or a plain JSON Schema of `type: "object"`. */
export type ToolParameters = StandardToolSchema | JsonObject;

/** What `execute` gets for a schema: its output type, or any JSON object for a plain JSON Schema. */
export type ToolArguments<Parameters extends ToolParameters> = Parameters extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Parameters>
  : JsonObject;

/** A tool's schema in the two forms that are needed: to send, and to check with. */
export interface CompiledSchema {
  readonly inputSchema: JsonObject;
  readonly validate: (input: JsonValue) => ValidationResult<unknown> | Promise<ValidationResult<unknown>>;
}

const JSON_TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

/**
 * Readies a schema for a tool.
 *
 * @throws AxioError `tool-schema` where it does not describe an object, or cannot be turned into JSON Schema.
 */
export function compileToolSchema(toolName: string, parameters: ToolParameters): CompiledSchema {
  return isStandardSchema(parameters)
    ? compileStandardSchema(toolName, parameters)
    : compileJsonSchema(toolName, parameters);
}

function isStandardSchema(parameters: ToolParameters): parameters is StandardToolSchema {
  // Arktype's schemas are functions.
  return (
    (typeof parameters === "object" || typeof parameters === "function") &&
    parameters !== null &&
    "~standard" in parameters
  );
}

function compileStandardSchema(toolName: string, schema: StandardToolSchema): CompiledSchema {
  const standard = schema["~standard"];
  const converter = (standard as Partial<typeof standard>).jsonSchema;
  if (converter === undefined) {
    const remedy =
      standard.vendor === "valibot"
        ? "Wrap it: toStandardJsonSchema(schema), of @valibot/to-json-schema."
        : "Use a version of the library that offers it, or pass a plain JSON Schema.";
    throw schemaError(
      toolName,
      `its schema (${standard.vendor}) cannot be turned into JSON Schema. ${remedy}`,
    );
  }
  let converted: Record<string, unknown>;
  try {
    converted = converter.input({ target: "draft-2020-12" });
  } catch (cause) {
    throw schemaError(
      toolName,
      `its schema (${standard.vendor}) cannot be turned into JSON Schema. Use types that JSON has.`,
      cause,
    );
  }
  const { $schema: _dialect, ...inputSchema } = converted;
  return {
    inputSchema: checkObjectSchema(toolName, inputSchema),
    validate: async (input) => {
      const result = await standard.validate(input);
      if (result.issues === undefined) return { ok: true, value: result.value };
      return { ok: false, issues: result.issues.map(describeIssue) };
    },
  };
}

function compileJsonSchema(toolName: string, schema: JsonObject): CompiledSchema {
  const inputSchema = checkObjectSchema(toolName, schema);
  return {
    inputSchema,
    validate: async (input) => {
      // Loaded with the first call: most agents never need it.
      const { Validator } = await import("@cfworker/json-schema");
      const { valid, errors } = new Validator({ ...inputSchema }, "2020-12", false).validate(input);
      if (valid) return { ok: true, value: input };
      return { ok: false, issues: errors.map((error) => `${error.instanceLocation}: ${error.error}`) };
    },
  };
}

function checkObjectSchema(toolName: string, schema: unknown): JsonObject {
  if (!isJsonObject(schema))
    throw schemaError(toolName, "its parameters are no schema. Pass a Standard Schema or a JSON Schema.");
  if (schema["type"] !== "object") {
    throw schemaError(
      toolName,
      `its parameters must be an object: the schema's "type" is ${JSON.stringify(schema["type"])}, not "object".`,
    );
  }
  checkSchema(toolName, schema, "#");
  return schema;
}

/** Finds the mistakes that would otherwise come back from the provider as a puzzle, or pass every value. */
function checkSchema(toolName: string, schema: JsonValue | undefined, path: string): void {
  if (typeof schema === "boolean" || schema === undefined) return;
  if (!isJsonObject(schema)) throw schemaError(toolName, `at ${path} a schema must be an object.`);
  const { type, properties, required, items } = schema;
  for (const name of Array.isArray(type) ? type : type === undefined ? [] : [type]) {
    if (typeof name !== "string" || !JSON_TYPES.has(name)) {
      throw schemaError(
        toolName,
        `at ${path} ${JSON.stringify(name)} is no JSON type. Choose one of: ${[...JSON_TYPES].join(", ")}.`,
      );
    }
  }
  if (
    required !== undefined &&
    !(Array.isArray(required) && required.every((name) => typeof name === "string"))
  ) {
    throw schemaError(toolName, `at ${path} "required" must be a list of names.`);
  }
  if (properties !== undefined) {
    if (!isJsonObject(properties)) throw schemaError(toolName, `at ${path} "properties" must be an object.`);
    for (const [name, property] of Object.entries(properties))
      checkSchema(toolName, property, `${path}/properties/${name}`);
  }
  if (items !== undefined) checkSchema(toolName, items, `${path}/items`);
}

function describeIssue(issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? [])
    .map((segment) => String(typeof segment === "object" ? segment.key : segment))
    .join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}

function schemaError(toolName: string, what: string, cause?: unknown): AxioError {
  return new AxioError(
    "tool-schema",
    `The tool ${JSON.stringify(toolName)} cannot be used: ${what}`,
    cause === undefined ? {} : { cause },
  );
}
