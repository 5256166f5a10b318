import { isObject, type JsonObject } from "../json.ts";
import { isUnknownReference, pythonText, schemaPlace, walkSchema } from "./schema-walk.ts";
import { strictLimitProblem, strictProblem } from "./strict-schema.ts";

const ROOT_COMBINATORS = ["oneOf", "anyOf", "allOf", "enum", "not"];

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"];

/** The JSON type of the value of each keyword, as the metaschema demands it. */
const KEYWORD_TYPES: Readonly<Record<string, "array" | "number" | "object" | "string" | "schema">> = {
  required: "array",
  enum: "array",
  anyOf: "array",
  oneOf: "array",
  allOf: "array",
  prefixItems: "array",
  minimum: "number",
  maximum: "number",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "number",
  minLength: "number",
  maxLength: "number",
  minItems: "number",
  maxItems: "number",
  minProperties: "number",
  maxProperties: "number",
  properties: "object",
  patternProperties: "object",
  $defs: "object",
  definitions: "object",
  pattern: "string",
  format: "string",
  $ref: "string",
  title: "string",
  description: "string",
  items: "schema",
  additionalProperties: "schema",
  not: "schema",
};

/**
 * Why the service refuses the schema of a function's input or of an answer, in its own words.
 *
 * @param strict Whether the service is to hold the model to the schema.
 * @returns `undefined` if it accepts the schema.
 */
export function schemaProblem(schema: unknown, strict: boolean): string | undefined {
  if (!isObject(schema) || schema["type"] !== "object") {
    const type = isObject(schema) ? (schema["type"] ?? null) : null;
    return `schema must be a JSON Schema of 'type: "object"', got 'type: ${typeof type === "string" ? JSON.stringify(type) : `"${pythonText(type)}"`}'.`;
  }
  if (ROOT_COMBINATORS.some((keyword) => schema[keyword] !== undefined)) {
    return "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.";
  }
  return (
    walkSchema(schema, (node) => metaschemaProblem(node)) ??
    walkSchema(schema, (node, context) => generalProblem(node, context, schema)) ??
    (strict
      ? (walkSchema(schema, (node, context) => strictProblem(node, context)) ?? strictLimitProblem(schema))
      : undefined)
  );
}

/** The first keyword whose value the metaschema does not allow. */
function metaschemaProblem(schema: JsonObject): string | undefined {
  for (const [keyword, value] of Object.entries(schema)) {
    const expected = KEYWORD_TYPES[keyword];
    if (expected !== undefined && !isOfType(value, expected)) {
      return `${pythonText(value)} is not of type ${expected === "schema" ? "'object', 'boolean'" : `'${expected}'`}.`;
    }
  }
  const type = schema["type"];
  const types = Array.isArray(type) ? type : [type];
  if (type !== undefined && (types.length === 0 || types.some((name) => !TYPES.includes(String(name))))) {
    return `${pythonText(type)} is not valid under any of the given schemas.`;
  }
  const empty = ["enum", "anyOf", "oneOf", "allOf"].find((keyword) => isEmptyArray(schema[keyword]));
  return empty === undefined ? undefined : "[] should be non-empty.";
}

function isOfType(value: unknown, type: "array" | "number" | "object" | "string" | "schema"): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return type === "schema" ? isObject(value) || typeof value === "boolean" : typeof value === type;
}

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The rules for every schema, strict or not. */
function generalProblem(
  schema: JsonObject,
  context: readonly string[],
  root: JsonObject,
): string | undefined {
  const place = schemaPlace(context);
  if (isUnknownReference(schema["$ref"], root)) {
    return `${place}, reference can only point to definitions defined at the top level of the schema.`;
  }
  const types = [schema["type"]].flat();
  if (types.includes("object") && schema["properties"] === undefined) {
    const isMap = context.length > 0 && schema["additionalProperties"] !== undefined;
    if (!isMap) return `${place}, object schema missing properties.`;
  }
  if (!types.includes("array") || isObject(schema["items"])) return undefined;
  return schema["items"] === undefined
    ? `${place}, array schema missing items.`
    : `${place}, array schema items is not an object.`;
}
