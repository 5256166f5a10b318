import type { Validator } from "@cfworker/json-schema";
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { AxioError, type ErrorCode } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { findSchemaMistake } from "./schema-mistakes.ts";

/** A schema of zod 4, valibot (through `toStandardJsonSchema`), arktype or another Standard Schema library. */
type StandardObjectSchema<Input, Output> = StandardSchemaV1<Input, Output> &
  StandardJSONSchemaV1<Input, Output>;

declare const TYPES: unique symbol;

/** A JSON Schema of `type: "object"`, with the type of the objects if it comes from {@link jsonSchema}. */
export interface TypedJsonSchema<Input = unknown, Output = Input> extends JsonObject {
  readonly [TYPES]?: readonly [Input, Output];
}

/**
 * The schema of an object: a Standard Schema with JSON Schema output, or a JSON Schema of `type: "object"`.
 *
 * @typeParam Input The type of an object as the model writes it.
 * @typeParam Output The type of a validated object.
 */
export type ObjectSchema<Input = unknown, Output = unknown> =
  | StandardObjectSchema<Input, Output>
  | TypedJsonSchema<Input, Output>;

/**
 * Adds a type to a JSON Schema. The schema must describe that type: the compiler cannot check it.
 *
 * @example
 * ```ts
 * import { defineTool, jsonSchema } from "axio";
 *
 * const weather = defineTool({
 *   name: "weather",
 *   description: "Returns the weather of a city.",
 *   inputSchema: jsonSchema<{ city: string }>({
 *     type: "object",
 *     properties: { city: { type: "string" } },
 *     required: ["city"],
 *   }),
 *   execute: ({ city }) => `It is sunny in ${city}.`,
 * });
 * ```
 */
export function jsonSchema<Type>(schema: JsonObject): TypedJsonSchema<Type> {
  return schema;
}

/** The result of validating a value. */
export type ValidationResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly issues: readonly string[] };

/** A schema in the form to send and the form to validate with. */
export interface CompiledSchema {
  readonly jsonSchema: JsonObject;
  readonly validate: (value: unknown) => ValidationResult<unknown> | Promise<ValidationResult<unknown>>;
}

/** Whose schema it is, for errors. */
export interface SchemaOwner {
  readonly code: ErrorCode;
  readonly name: string;
}

/**
 * Compiles the schema of an object.
 *
 * @throws AxioError with the owner's code if it does not describe an object, or cannot be converted to JSON Schema.
 */
export function compileSchema(owner: SchemaOwner, schema: ObjectSchema): CompiledSchema {
  return isStandardSchema(schema) ? compileStandardSchema(owner, schema) : compileJsonSchema(owner, schema);
}

function isStandardSchema(schema: ObjectSchema): schema is StandardObjectSchema<unknown, unknown> {
  // The schemas of arktype are functions.
  return (
    (typeof schema === "object" || typeof schema === "function") && schema !== null && "~standard" in schema
  );
}

function compileStandardSchema(
  owner: SchemaOwner,
  schema: StandardObjectSchema<unknown, unknown>,
): CompiledSchema {
  const standard = schema["~standard"];
  const converter = (standard as Partial<typeof standard>).jsonSchema;
  if (converter === undefined) {
    const remedy =
      standard.vendor === "valibot"
        ? "Wrap it: toStandardJsonSchema(schema), of @valibot/to-json-schema."
        : "Use a version of the library that supports it, or pass a JSON Schema.";
    throw schemaError(owner, `its schema (${standard.vendor}) has no JSON Schema output. ${remedy}`);
  }
  let converted: Record<string, unknown>;
  try {
    converted = converter.input({ target: "draft-2020-12" });
  } catch (cause) {
    throw schemaError(
      owner,
      `its schema (${standard.vendor}) cannot be converted to JSON Schema. Use types that JSON has.`,
      cause,
    );
  }
  const { $schema: _dialect, ...objectSchema } = converted;
  return {
    jsonSchema: readObjectSchema(owner, objectSchema),
    validate: async (value) => {
      const result = await standard.validate(value);
      if (result.issues === undefined) return { ok: true, value: result.value };
      return { ok: false, issues: result.issues.map(describeIssue) };
    },
  };
}

function compileJsonSchema(owner: SchemaOwner, schema: JsonObject): CompiledSchema {
  const objectSchema = readObjectSchema(owner, schema);
  let validator: Promise<Validator> | undefined;
  return {
    jsonSchema: objectSchema,
    validate: async (value) => {
      validator ??= loadValidator(objectSchema);
      const { valid, errors } = (await validator).validate(value);
      if (valid) return { ok: true, value };
      return { ok: false, issues: errors.map((error) => `${error.instanceLocation}: ${error.error}`) };
    },
  };
}

async function loadValidator(schema: JsonObject): Promise<Validator> {
  // Loaded with the first call, because most agents never need it.
  const { Validator } = await import("@cfworker/json-schema");
  // A copy, because it adds a property to every subschema.
  return new Validator(structuredClone(schema), "2020-12", false);
}

/** Copies the schema, so that later changes of the caller have no effect. */
function readObjectSchema(owner: SchemaOwner, value: unknown): JsonObject {
  const schema = toJson(owner, value);
  if (!isJsonObject(schema))
    throw schemaError(owner, "it has no schema. Pass a Standard Schema or a JSON Schema.");
  if (schema["type"] !== "object") {
    throw schemaError(
      owner,
      `its schema must be an object: the "type" is ${JSON.stringify(schema["type"])}, not "object".`,
    );
  }
  const mistake = findSchemaMistake(schema);
  if (mistake !== undefined) throw schemaError(owner, mistake);
  return schema;
}

function toJson(owner: SchemaOwner, schema: unknown): JsonValue {
  try {
    return JSON.parse(JSON.stringify(schema) ?? "null") as JsonValue;
  } catch (cause) {
    throw schemaError(owner, "its schema is not JSON. Pass plain data without cycles.", cause);
  }
}

function describeIssue(issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? [])
    .map((segment) => String(typeof segment === "object" ? segment.key : segment))
    .join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}

function schemaError(owner: SchemaOwner, problem: string, cause?: unknown): AxioError {
  return new AxioError(owner.code, `${owner.name} cannot be used: ${problem}`, { cause });
}
