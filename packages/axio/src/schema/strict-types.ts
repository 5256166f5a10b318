import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { JSON_TYPES, KEYWORDS, typesOf } from "./keywords.ts";
import { isEqualJson } from "./merge-schemas.ts";
import { SchemaProblem } from "./schema-document.ts";

/** Returns the values in `const` or `enum`. */
export function valuesOf({ enum: values, const: constant }: JsonObject): readonly JsonValue[] | undefined {
  if (constant !== undefined) return [constant];
  return Array.isArray(values) ? values : undefined;
}

/** Returns the types of a schema, or else those that its keywords are for. */
export function inferTypes(schema: JsonObject, path: string): readonly JsonValue[] {
  const types = typesOf(schema);
  if (types.length > 0) return types;
  const values = valuesOf(schema);
  if (values !== undefined) {
    const hasFraction = values.some((value) => typeof value === "number" && !Number.isInteger(value));
    const excluded = hasFraction ? "integer" : "number";
    return JSON_TYPES.filter((type) => type !== excluded && values.some((value) => isOfType(value, type)));
  }
  const restricted = new Set(Object.keys(schema).flatMap((keyword) => KEYWORDS.get(keyword)?.type ?? []));
  if (restricted.size === 0 && schema["format"] !== undefined) return ["string"];
  if (restricted.size !== 1) throw anyValue(path, "values of any type");
  return [...restricted];
}

export function isOfType(value: JsonValue, type: JsonValue): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isJsonObject(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** Whether a keyword restricts values of these types, or describes them. */
export function applies(keyword: string, types: readonly JsonValue[]): boolean {
  const type = KEYWORDS.get(keyword)?.type;
  if (keyword === "const" || keyword === "enum") return false;
  return type === undefined || types.includes(type) || (type === "number" && types.includes("integer"));
}

/** Replaces the schemas of a tuple's items with one for all of them, and its length with limits. */
export function withoutTuple(schema: JsonObject, path: string): JsonObject {
  const { prefixItems, items, ...rest } = schema;
  if (!Array.isArray(prefixItems)) {
    if (items === undefined || items === true) throw anyValue(path, "an array of any items");
    return schema;
  }
  const maxItems = Number(rest["maxItems"] ?? Number.POSITIVE_INFINITY);
  const isClosed = items === false || maxItems <= prefixItems.length;
  if (!isClosed && !isJsonObject(items)) throw anyValue(path, "a tuple with further items of any type");
  const all: readonly JsonValue[] = isClosed || items === undefined ? prefixItems : [...prefixItems, items];
  const unique = all.filter((item, index) => all.findIndex((other) => isEqualJson(item, other)) === index);
  const [first = false] = unique;
  return {
    ...rest,
    items: unique.length === 1 ? first : { anyOf: unique },
    ...(isClosed ? { maxItems: Math.min(maxItems, prefixItems.length) } : {}),
  };
}

export function anyValue(path: string, what: string): SchemaProblem {
  return new SchemaProblem(path, `it accepts ${what}. Describe its type.`);
}

export function noValue(path: string): SchemaProblem {
  return new SchemaProblem(path, "it accepts no value. Remove it.");
}
