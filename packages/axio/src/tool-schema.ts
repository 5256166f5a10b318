import type { Validator } from "@cfworker/json-schema";
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { AxioError, type ErrorCode } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { findSchemaMistake } from "./schema-mistakes.ts";
import type { ValidationResult } from "./tool.ts";

/** A schema of zod 4, valibot (through `toStandardJsonSchema`), arktype or any other library of the Standard Schema family. */
export type StandardToolSchema = StandardSchemaV1 & StandardJSONSchemaV1;

/** What a tool's arguments may be described with: a Standard Schema, or a plain JSON Schema of `type: "object"`. */
export type ToolInputSchema = StandardToolSchema | JsonObject;

/** What `execute` gets for a schema: its output type, or any JSON object for a plain JSON Schema. */
export type ToolInput<Parameters extends ToolInputSchema> = Parameters extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Parameters>
  : JsonObject;

/** A tool's schema in the two forms that are needed: to send, and to check with. */
export interface CompiledSchema {
  readonly inputSchema: JsonObject;
  readonly validate: (input: JsonValue) => ValidationResult<unknown> | Promise<ValidationResult<unknown>>;
}

/**
 * Readies a schema for a tool.
 *
 * @throws AxioError `tool-schema` where it does not describe an object, or cannot be turned into JSON Schema.
 */
export function compileToolSchema(toolName: string, parameters: ToolInputSchema): CompiledSchema {
  return compileSchema({ code: "tool-schema", name: `The tool ${JSON.stringify(toolName)}` }, parameters);
}

/** Whose schema it is, for errors. */
export interface SchemaOwner {
  readonly code: ErrorCode;
  readonly name: string;
}

/**
 * Readies a schema of an object.
 *
 * @throws AxioError of the owner's code where it does not describe an object, or cannot be turned into JSON Schema.
 */
export function compileSchema(owner: SchemaOwner, parameters: ToolInputSchema): CompiledSchema {
  return isStandardSchema(parameters)
    ? compileStandardSchema(owner, parameters)
    : compileJsonSchema(owner, parameters);
}

function isStandardSchema(parameters: ToolInputSchema): parameters is StandardToolSchema {
  // Arktype's schemas are functions.
  return (
    (typeof parameters === "object" || typeof parameters === "function") &&
    parameters !== null &&
    "~standard" in parameters
  );
}

function compileStandardSchema(owner: SchemaOwner, schema: StandardToolSchema): CompiledSchema {
  const standard = schema["~standard"];
  const converter = (standard as Partial<typeof standard>).jsonSchema;
  if (converter === undefined) {
    const remedy =
      standard.vendor === "valibot"
        ? "Wrap it: toStandardJsonSchema(schema), of @valibot/to-json-schema."
        : "Use a version of the library that offers it, or pass a plain JSON Schema.";
    throw schemaError(owner, `its schema (${standard.vendor}) cannot be turned into JSON Schema. ${remedy}`);
  }
  let converted: Record<string, unknown>;
  try {
    converted = converter.input({ target: "draft-2020-12" });
  } catch (cause) {
    throw schemaError(
      owner,
      `its schema (${standard.vendor}) cannot be turned into JSON Schema. Use types that JSON has.`,
      cause,
    );
  }
  const { $schema: _dialect, ...inputSchema } = converted;
  return {
    inputSchema: readObjectSchema(owner, inputSchema),
    validate: async (input) => {
      const result = await standard.validate(input);
      if (result.issues === undefined) return { ok: true, value: result.value };
      return { ok: false, issues: result.issues.map(describeIssue) };
    },
  };
}

function compileJsonSchema(owner: SchemaOwner, schema: JsonObject): CompiledSchema {
  const inputSchema = readObjectSchema(owner, schema);
  let validator: Promise<Validator> | undefined;
  return {
    inputSchema,
    validate: async (input) => {
      validator ??= loadValidator(inputSchema);
      const { valid, errors } = (await validator).validate(input);
      if (valid) return { ok: true, value: input };
      return { ok: false, issues: errors.map((error) => `${error.instanceLocation}: ${error.error}`) };
    },
  };
}

async function loadValidator(schema: JsonObject): Promise<Validator> {
  // Loaded with the first call: most agents never need it.
  const { Validator } = await import("@cfworker/json-schema");
  // A copy, because it marks every subschema with its address.
  return new Validator(structuredClone(schema), "2020-12", false);
}

/** Takes a copy of the schema, so that a later change of the caller's changes nothing here. */
function readObjectSchema(owner: SchemaOwner, parameters: unknown): JsonObject {
  const schema = toJson(owner, parameters);
  if (!isJsonObject(schema))
    throw schemaError(owner, "its parameters are no schema. Pass a Standard Schema or a JSON Schema.");
  if (schema["type"] !== "object") {
    throw schemaError(
      owner,
      `its parameters must be an object: the schema's "type" is ${JSON.stringify(schema["type"])}, not "object".`,
    );
  }
  const mistake = findSchemaMistake(schema);
  if (mistake !== undefined) throw schemaError(owner, mistake);
  return schema;
}

function toJson(owner: SchemaOwner, parameters: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(parameters) ?? "null");
  } catch (cause) {
    throw schemaError(owner, "its parameters are no JSON. Pass plain data, without cycles.", cause);
  }
}

function describeIssue(issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? [])
    .map((segment) => String(typeof segment === "object" ? segment.key : segment))
    .join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}

function schemaError(owner: SchemaOwner, what: string, cause?: unknown): AxioError {
  return new AxioError(
    owner.code,
    `${owner.name} cannot be used: ${what}`,
    cause === undefined ? {} : { cause },
  );
}
