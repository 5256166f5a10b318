import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

const JSON_TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

const SCHEMA_KEYWORDS = [
  "items",
  "additionalProperties",
  "propertyNames",
  "contains",
  "not",
  "if",
  "then",
  "else",
];
const LIST_KEYWORDS = ["prefixItems", "anyOf", "oneOf", "allOf"];
const MAP_KEYWORDS = ["properties", "patternProperties", "$defs", "definitions"];

/**
 * Describes the first mistake in a JSON Schema that a provider would report unclearly, or that would accept every value:
 * an unknown type, a `$ref` without a target, a keyword with a value of the wrong type.
 */
export function findSchemaMistake(schema: JsonObject): string | undefined {
  return checkSchema(schema, "#", schema);
}

function checkSchema(schema: JsonValue, path: string, root: JsonObject): string | undefined {
  if (typeof schema === "boolean") return undefined;
  if (!isJsonObject(schema)) return `at ${path} a schema must be an object.`;
  return checkKeywords(schema, path, root) ?? checkSubschemas(schema, path, root);
}

function checkKeywords(schema: JsonObject, path: string, root: JsonObject): string | undefined {
  const { type, required, $ref } = schema;
  for (const name of Array.isArray(type) ? type : type === undefined ? [] : [type]) {
    if (typeof name !== "string" || !JSON_TYPES.has(name))
      return `at ${path} ${JSON.stringify(name)} is not a JSON type. Choose one of: ${[...JSON_TYPES].join(", ")}.`;
  }
  if (
    required !== undefined &&
    !(Array.isArray(required) && required.every((name) => typeof name === "string"))
  )
    return `at ${path} "required" must be a list of names.`;
  if (typeof $ref === "string" && $ref.startsWith("#/") && !hasTarget($ref, root))
    return `at ${path} the $ref ${JSON.stringify($ref)} has no target.`;
  return undefined;
}

function checkSubschemas(schema: JsonObject, path: string, root: JsonObject): string | undefined {
  for (const keyword of MAP_KEYWORDS) {
    const map = schema[keyword];
    if (map === undefined) continue;
    if (!isJsonObject(map)) return `at ${path} ${JSON.stringify(keyword)} must be an object.`;
    for (const [name, subschema] of Object.entries(map)) {
      const mistake = checkSchema(subschema, `${path}/${keyword}/${name}`, root);
      if (mistake !== undefined) return mistake;
    }
  }
  for (const keyword of LIST_KEYWORDS) {
    const list = schema[keyword];
    if (list === undefined) continue;
    if (!Array.isArray(list)) return `at ${path} ${JSON.stringify(keyword)} must be a list of schemas.`;
    for (const [index, subschema] of list.entries()) {
      const mistake = checkSchema(subschema, `${path}/${keyword}/${index}`, root);
      if (mistake !== undefined) return mistake;
    }
  }
  for (const keyword of SCHEMA_KEYWORDS) {
    const subschema = schema[keyword];
    const mistake = subschema === undefined ? undefined : checkSchema(subschema, `${path}/${keyword}`, root);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

/** Resolves a JSON Pointer (RFC 6901, as a URI fragment). */
function hasTarget(reference: string, root: JsonObject): boolean {
  let value: JsonValue | undefined = root;
  for (const token of reference.slice(2).split("/")) {
    const key = decodeToken(token);
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
    value = (value as JsonObject)[key];
  }
  return true;
}

function decodeToken(token: string): string {
  try {
    return decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return token;
  }
}
