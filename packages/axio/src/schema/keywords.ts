import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** A JSON type. */
export type JsonType = "string" | "number" | "integer" | "boolean" | "object" | "array" | "null";

export const JSON_TYPES: readonly JsonType[] = [
  "string",
  "number",
  "integer",
  "boolean",
  "object",
  "array",
  "null",
];

/** A keyword of JSON Schema 2020-12. */
export interface Keyword {
  readonly value:
    | "schema"
    | "schemas"
    | "schemas-by-name"
    | "names"
    | "names-by-name"
    | "values"
    | "number"
    | "positive-number"
    | "count"
    | "boolean"
    | "string"
    | "pattern"
    | "types"
    | "any";
  /** The type that the keyword restricts. Values of other types are not affected. */
  readonly type?: JsonType | undefined;
  /** Whether the keyword only describes values. */
  readonly isAnnotation?: true | undefined;
}

const ANNOTATION = { value: "any", isAnnotation: true } as const;

/** The keywords that are sent and validated. All others mean nothing to a validator, or are converted to these. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ["title", { value: "string", isAnnotation: true }],
  ["description", { value: "string", isAnnotation: true }],
  ["default", ANNOTATION],
  ["examples", ANNOTATION],
  ["deprecated", ANNOTATION],
  ["readOnly", ANNOTATION],
  ["writeOnly", ANNOTATION],
  ["type", { value: "types" }],
  ["enum", { value: "values" }],
  ["const", { value: "any" }],
  ["$ref", { value: "string" }],
  ["allOf", { value: "schemas" }],
  ["anyOf", { value: "schemas" }],
  ["oneOf", { value: "schemas" }],
  ["not", { value: "schema" }],
  ["if", { value: "schema" }],
  ["then", { value: "schema" }],
  ["else", { value: "schema" }],
  ["properties", { value: "schemas-by-name", type: "object" }],
  ["required", { value: "names", type: "object" }],
  ["additionalProperties", { value: "schema", type: "object" }],
  ["unevaluatedProperties", { value: "schema", type: "object" }],
  ["patternProperties", { value: "schemas-by-name", type: "object" }],
  ["propertyNames", { value: "schema", type: "object" }],
  ["minProperties", { value: "count", type: "object" }],
  ["maxProperties", { value: "count", type: "object" }],
  ["dependentRequired", { value: "names-by-name", type: "object" }],
  ["dependentSchemas", { value: "schemas-by-name", type: "object" }],
  ["items", { value: "schema", type: "array" }],
  ["prefixItems", { value: "schemas", type: "array" }],
  ["unevaluatedItems", { value: "schema", type: "array" }],
  ["contains", { value: "schema", type: "array" }],
  ["minContains", { value: "count", type: "array" }],
  ["maxContains", { value: "count", type: "array" }],
  ["minItems", { value: "count", type: "array" }],
  ["maxItems", { value: "count", type: "array" }],
  ["uniqueItems", { value: "boolean", type: "array" }],
  ["minimum", { value: "number", type: "number" }],
  ["maximum", { value: "number", type: "number" }],
  ["exclusiveMinimum", { value: "number", type: "number" }],
  ["exclusiveMaximum", { value: "number", type: "number" }],
  ["multipleOf", { value: "positive-number", type: "number" }],
  ["minLength", { value: "count", type: "string" }],
  ["maxLength", { value: "count", type: "string" }],
  ["pattern", { value: "pattern", type: "string" }],
  ["format", { value: "string" }],
  ["contentEncoding", { value: "string", type: "string" }],
  ["contentMediaType", { value: "string", type: "string" }],
]);

/** The keywords whose schemas apply to the same value as the schema around them. */
export const IN_PLACE: ReadonlySet<string> = new Set([
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "dependentSchemas",
]);

/** Returns the names in `type`. */
export function typesOf({ type }: JsonObject): readonly JsonValue[] {
  return type === undefined ? [] : [type].flat();
}

/** Replaces each schema directly inside a schema. `step` is its path from there. */
export function mapSubschemas(
  schema: JsonObject,
  map: (child: JsonValue, step: string, keyword: string) => JsonValue,
): JsonObject {
  const entries = Object.entries(schema).map(([keyword, value]): [string, JsonValue] => {
    const shape = KEYWORDS.get(keyword)?.value;
    if (shape === "schema") return [keyword, map(value, keyword, keyword)];
    if (shape === "schemas" && Array.isArray(value)) {
      const list: readonly JsonValue[] = value;
      return [keyword, list.map((child, index) => map(child, `${keyword}/${index}`, keyword))];
    }
    if (shape === "schemas-by-name" && isJsonObject(value)) {
      const children = Object.entries(value).map(([name, child]): [string, JsonValue] => [
        name,
        map(child, `${keyword}/${escapeStep(name)}`, keyword),
      ]);
      return [keyword, Object.fromEntries(children)];
    }
    return [keyword, value];
  });
  return Object.fromEntries(entries);
}

/** Returns the schemas directly inside a schema. */
export function subschemasOf(schema: JsonObject): readonly { keyword: string; child: JsonValue }[] {
  const found: { keyword: string; child: JsonValue }[] = [];
  mapSubschemas(schema, (child, _step, keyword) => {
    found.push({ keyword, child });
    return child;
  });
  return found;
}

/** Escapes a name for a JSON Pointer (RFC 6901). */
export function escapeStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
