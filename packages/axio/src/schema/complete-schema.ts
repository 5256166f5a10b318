import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { mapSubschemas, typesOf } from "./keywords.ts";
import type { SchemaDocument } from "./schema-document.ts";

/** Lists that services refuse if they are empty. */
const NOT_EMPTY = ["enum", "allOf", "anyOf", "oneOf"];
/** Keywords whose value may be `true` or `false`. */
const MAY_BE_BOOLEAN = ["additionalProperties", "unevaluatedProperties", "unevaluatedItems"];

/**
 * Adds what services demand of each schema, enforced or not: `properties` of objects, `items` of arrays, and objects instead of
 * `true` and `false`. The result accepts what the schema accepts, and with an empty list of alternatives more.
 */
export function completeSchema({ root, definitions }: SchemaDocument): SchemaDocument {
  const completed = [...definitions].map(([name, schema]): [string, JsonObject] => [name, complete(schema)]);
  return { root: complete(root), definitions: new Map(completed) };
}

function complete(schema: JsonObject): JsonObject {
  const mapped = mapSubschemas(schema, (child, _step, keyword) =>
    MAY_BE_BOOLEAN.includes(keyword) && typeof child === "boolean" ? child : completeChild(child),
  );
  const entries = Object.entries(mapped).filter(
    ([keyword, value]) => !(NOT_EMPTY.includes(keyword) && Array.isArray(value) && value.length === 0),
  );
  const completed: JsonObject = Object.fromEntries(entries);
  const types = typesOf(completed);
  return {
    ...completed,
    ...(types.includes("object") && completed["properties"] === undefined ? { properties: {} } : {}),
    ...(types.includes("array") ? itemsOf(schema, completed) : {}),
  };
}

function completeChild(child: JsonValue): JsonValue {
  if (isJsonObject(child)) return complete(child);
  return child === false ? { not: {} } : {};
}

/** `items` is an object in each case. If it was `false`, the length is limited instead. */
function itemsOf({ items, prefixItems }: JsonObject, completed: JsonObject): JsonObject {
  if (items !== false) return { items: completed["items"] ?? {} };
  const length = Array.isArray(prefixItems) ? prefixItems.length : 0;
  const { maxItems = length } = completed;
  return { items: {}, maxItems: Math.min(Number(maxItems), length) };
}
