import { isJsonObject, type JsonObject, type JsonValue } from "axio";

/** A schema that the API holds a model to exactly, or why there is none. */
export type StrictSchema =
  | { readonly ok: true; readonly schema: JsonObject }
  | { readonly ok: false; readonly problem: string };

/** The keywords of OpenAI's documentation ("Structured Outputs", supported schemas). */
const SUPPORTED: ReadonlySet<string> = new Set([
  "type",
  "title",
  "description",
  "enum",
  "const",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "anyOf",
  "$ref",
  "$defs",
  "definitions",
  "pattern",
  "format",
  "multipleOf",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minItems",
  "maxItems",
]);
const FORMATS: ReadonlySet<JsonValue> = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uuid",
]);
/** Keywords that say nothing about the value. They are left out. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$comment",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);
const MAX_LEVELS = 10;
const MAX_PROPERTIES = 5000;
const MAX_ENUM_VALUES = 1000;

/**
 * Turns a schema into one that the API holds a model to. Objects that leave further members open are closed, which only
 * narrows what the model may write. A schema that says more than strict ones can is refused.
 */
export function strictSchema(schema: JsonObject): StrictSchema {
  const { $schema: _, ...root } = schema;
  if (root["type"] !== "object" || "anyOf" in root)
    return { ok: false, problem: "its root is not a plain object" };
  const count = { properties: 0, enumValues: 0 };
  try {
    const strict = toStrict(root, "#", 0, count);
    if (count.properties > MAX_PROPERTIES) throw new Refusal(`it has more than ${MAX_PROPERTIES} properties`);
    if (count.enumValues > MAX_ENUM_VALUES)
      throw new Refusal(`it has more than ${MAX_ENUM_VALUES} enum values`);
    return { ok: true, schema: strict };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.message };
    throw error;
  }
}

/** Leaves the walk through a schema that cannot be strict. */
class Refusal extends Error {}

interface Count {
  properties: number;
  enumValues: number;
}

function toStrict(schema: JsonObject, path: string, level: number, count: Count): JsonObject {
  const refuse = (problem: string): never => {
    throw new Refusal(`at ${path} ${problem}`);
  };
  if (level > MAX_LEVELS) refuse(`it is nested more than ${MAX_LEVELS} levels deep`);
  const child = (value: JsonValue, step: string, deeper: number): JsonObject =>
    isJsonObject(value)
      ? toStrict(value, `${path}/${step}`, level + deeper, count)
      : refuse(`${step} is not a schema`);
  const children = (value: JsonValue, keyword: string, deeper: number): JsonObject =>
    isJsonObject(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, inner]) => [name, child(inner, `${keyword}/${name}`, deeper)]),
        )
      : refuse(`${keyword} is not an object`);
  const strict: Record<string, JsonValue> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword)) continue;
    if (!SUPPORTED.has(keyword)) refuse(`it has ${keyword}, which strict schemas do not support`);
    if (keyword === "format" && !FORMATS.has(value)) refuse(`it has the format ${JSON.stringify(value)}`);
    if (keyword === "pattern" && /\(\?[=!<]/.test(String(value))) refuse("its pattern looks ahead or behind");
    if (keyword === "enum" && Array.isArray(value)) count.enumValues += value.length;
    if (keyword === "items") strict[keyword] = child(value, keyword, 1);
    else if (keyword === "properties") strict[keyword] = children(value, keyword, 1);
    else if (keyword === "$defs" || keyword === "definitions") strict[keyword] = children(value, keyword, 0);
    else if (keyword === "anyOf" && Array.isArray(value))
      strict[keyword] = value.map((branch, index) => child(branch, `anyOf/${index}`, 0));
    else strict[keyword] = value;
  }
  if (strict["$ref"] !== undefined) {
    // The API accepts nothing beside a reference.
    const beside = Object.keys(strict).find((keyword) => !["$ref", "title", "description"].includes(keyword));
    return beside === undefined ? { $ref: strict["$ref"] } : refuse(`it has ${beside} beside $ref`);
  }
  const types = Array.isArray(strict["type"]) ? strict["type"] : [strict["type"]];
  if (strict["type"] === undefined && !["anyOf", "enum", "const"].some((keyword) => keyword in strict)) {
    refuse("it allows any value");
  }
  if (types.includes("array") && !("items" in strict)) refuse("it is an array without items");
  return types.includes("object") ? closed(strict, refuse, count) : strict;
}

/** An object without further members, whose properties are all required. */
function closed(
  schema: Record<string, JsonValue>,
  refuse: (problem: string) => never,
  count: Count,
): JsonObject {
  const { properties, required, additionalProperties = false } = schema;
  if (additionalProperties !== false) refuse("it has additionalProperties");
  if (!isJsonObject(properties)) {
    if (schema["additionalProperties"] !== false) refuse("it allows any members");
    return { ...schema, properties: {}, required: [], additionalProperties: false };
  }
  const names = Object.keys(properties);
  count.properties += names.length;
  const listed: readonly JsonValue[] = Array.isArray(required) ? required : [];
  const optional = names.find((name) => !listed.includes(name));
  if (optional !== undefined) {
    refuse(`the property ${JSON.stringify(optional)} is optional: make it required and allow null`);
  }
  return { ...schema, required: names, additionalProperties: false };
}
