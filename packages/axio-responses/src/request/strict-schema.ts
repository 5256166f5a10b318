import { isJsonObject, type JsonObject, type JsonValue } from "axio";

/** A schema that the API can enforce, or the reason why there is none. */
export type StrictSchema =
  | { readonly ok: true; readonly schema: JsonObject }
  | { readonly ok: false; readonly problem: string };

/** Keywords that a strict schema must not have ("Structured Outputs" in OpenAI's documentation). */
const UNSUPPORTED: readonly string[] = [
  "allOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependentRequired",
  "dependentSchemas",
  "patternProperties",
  "prefixItems",
  "propertyNames",
  "unevaluatedProperties",
  "contains",
  "uniqueItems",
];
const LISTS: readonly string[] = ["anyOf"];
const MAPS: readonly string[] = ["properties", "$defs", "definitions"];
/** Keywords that are allowed beside `$ref`. */
const BESIDE_REFERENCES: readonly string[] = ["$ref", "description", "title"];
/** The limits of the same documentation. */
const MOST_LEVELS = 10;
const MOST_PROPERTIES = 5000;

/**
 * Converts a schema to one that the API can enforce. Open objects with a list of properties are closed, which only narrows
 * what the model can write. A schema that cannot be strict is not changed.
 */
export function strictSchema(schema: JsonObject): StrictSchema {
  if (schema["type"] !== "object") return failed("#", 'must have the type "object"');
  if ("anyOf" in schema) return failed("#", "must not have anyOf at its root");
  const state: State = { properties: 0, problem: undefined };
  const strict = strictOf(schema, "#", 0, state);
  if (state.properties > MOST_PROPERTIES) state.problem ??= `it has more than ${MOST_PROPERTIES} properties`;
  return state.problem === undefined ? { ok: true, schema: strict } : { ok: false, problem: state.problem };
}

interface State {
  properties: number;
  problem: string | undefined;
}

function failed(path: string, what: string): StrictSchema {
  return { ok: false, problem: `at ${path} it ${what}` };
}

function strictOf(schema: JsonObject, path: string, level: number, state: State): JsonObject {
  const problem = problemOf(schema, level);
  if (problem !== undefined) {
    state.problem ??= `at ${path} it ${problem}`;
    return schema;
  }
  const isObject = typesOf(schema).includes("object");
  if (isJsonObject(schema["properties"])) state.properties += Object.keys(schema["properties"]).length;
  const entries = Object.entries(schema).map(([keyword, value]): [string, JsonValue] => {
    const inner = (child: JsonValue, step: string, deeper: number): JsonValue => {
      if (isJsonObject(child)) return strictOf(child, `${path}/${step}`, level + deeper, state);
      state.problem ??= `at ${path}/${step} it must be a schema`;
      return child;
    };
    if (keyword === "items") return [keyword, inner(value, keyword, 1)];
    if (LISTS.includes(keyword) && Array.isArray(value))
      return [keyword, value.map((child: JsonValue, at) => inner(child, `${keyword}/${at}`, 0))];
    if (MAPS.includes(keyword) && isJsonObject(value)) {
      const children = Object.entries(value).map(([name, child]): [string, JsonValue] => [
        name,
        inner(child, `${keyword}/${name}`, keyword === "properties" ? 1 : 0),
      ]);
      return [keyword, Object.fromEntries(children)];
    }
    return [keyword, value];
  });
  return { ...Object.fromEntries(entries), ...(isObject ? { additionalProperties: false } : {}) };
}

function problemOf(schema: JsonObject, level: number): string | undefined {
  if (level > MOST_LEVELS) return `is nested more than ${MOST_LEVELS} levels deep`;
  const keyword = UNSUPPORTED.find((name) => name in schema);
  if (keyword !== undefined) return `has ${keyword}, which strict schemas do not support`;
  if ("$ref" in schema) {
    const beside = Object.keys(schema).find((name) => !BESIDE_REFERENCES.includes(name));
    return beside === undefined ? undefined : `has ${beside} beside $ref`;
  }
  const types = typesOf(schema);
  if (types.length === 0 && !("anyOf" in schema) && !("enum" in schema) && !("const" in schema))
    return "allows a value of any type";
  if (types.includes("array") && !("items" in schema)) return "is an array without items";
  return types.includes("object") ? objectProblem(schema) : undefined;
}

function objectProblem(schema: JsonObject): string | undefined {
  const { properties, required, additionalProperties } = schema;
  if (additionalProperties !== undefined && additionalProperties !== false) return "has additionalProperties";
  // Without a list of properties, a closed object would be empty.
  if (!isJsonObject(properties))
    return additionalProperties === false ? undefined : "is an object without a list of properties";
  const names: readonly JsonValue[] = Array.isArray(required) ? required : [];
  const optional = Object.keys(properties).find((name) => !names.includes(name));
  return optional === undefined
    ? undefined
    : `has the optional property ${JSON.stringify(optional)}: make it required, and allow null for it`;
}

function typesOf(schema: JsonObject): readonly JsonValue[] {
  const type = schema["type"];
  if (type === undefined) return [];
  return Array.isArray(type) ? type : [type];
}
