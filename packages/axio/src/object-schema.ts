import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { withObjectRoot } from "./schema/object-root.ts";
import { type SchemaDocument, writeDocument } from "./schema/schema-document.ts";
import { forOwner, type SchemaOwner, schemaError } from "./schema/schema-owner.ts";
import { upgradeSchema } from "./schema/upgrade-schema.ts";
import { type JsonValidator, loadValidator, withMaxIssues } from "./schema/validator.ts";

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
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : "";
    throw schemaError(
      owner,
      `its schema (${standard.vendor}) cannot be converted to JSON Schema. Use types that JSON has. ${reason}`.trimEnd(),
      cause,
    );
  }
  const { jsonSchema } = readSchema(owner, converted);
  return {
    jsonSchema,
    validate: async (value) => {
      const result = await standard.validate(value);
      if (result.issues === undefined) return { ok: true, value: result.value };
      return { ok: false, issues: withMaxIssues(result.issues, describeIssue) };
    },
  };
}

function compileJsonSchema(owner: SchemaOwner, schema: JsonObject): CompiledSchema {
  const { jsonSchema, document } = readSchema(owner, schema);
  let validator: Promise<JsonValidator> | undefined;
  return {
    jsonSchema,
    validate: async (value) => {
      // The schema may accept other values, but the model always writes an object.
      if (!isJsonObject(value)) return { ok: false, issues: ["#: the value must be an object"] };
      // Loaded with the first call, because most agents never need it.
      validator ??= loadValidator(writeDocument(document));
      const issues = (await validator)(value);
      return issues.length === 0 ? { ok: true, value } : { ok: false, issues };
    },
  };
}

/** Reads a schema in full, for validation, and with an object as its root, for the model. */
function readSchema(
  owner: SchemaOwner,
  value: unknown,
): { readonly document: SchemaDocument; readonly jsonSchema: JsonObject } {
  // A copy, so that later changes of the caller have no effect.
  const schema = toJson(owner, value);
  if (!isJsonObject(schema)) {
    throw schemaError(owner, "it has no schema. Pass a Standard Schema or a JSON Schema.");
  }
  return forOwner(owner, () => {
    const document = upgradeSchema(schema);
    return { document, jsonSchema: writeDocument(withObjectRoot(document, false)) };
  });
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
