import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { KEYWORDS, typesOf } from "./keywords.ts";

/** Keywords that mean something only together. */
const GROUPS: readonly (readonly string[])[] = [
  ["if", "then", "else"],
  ["prefixItems", "items", "unevaluatedItems"],
  ["contains", "minContains", "maxContains"],
];
/** Keywords that restrict the properties that the same schema does not list. */
const OTHER_PROPERTIES = ["additionalProperties", "unevaluatedProperties"];
const LARGER_LIMIT = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const SMALLER_LIMIT = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

/** A schema for several, and whether it accepts exactly the values that all of them accept, or more. */
export interface MergedSchema {
  readonly schema: JsonObject;
  readonly isExact: boolean;
}

/** Merges schemas that all apply to one value. Constraints that cannot be merged are dropped, those of the first schema last. */
export function mergeSchemas(schemas: readonly JsonObject[]): MergedSchema {
  const [first = {}, ...others] = schemas;
  let merged: MergedSchema = { schema: first, isExact: true };
  for (const other of others) {
    const { schema, isExact } = mergeTwo(merged.schema, other);
    merged = { schema, isExact: isExact && merged.isExact };
  }
  return merged;
}

/** Whether two JSON values are equal, apart from the order of members. */
export function isEqualJson(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqualJson(item, right[index]));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqualJson(left[name], right[name]))
  );
}

/** Returns the types that two lists of types share. No types means all. */
export function sharedTypes(left: readonly JsonValue[], right: readonly JsonValue[]): readonly JsonValue[] {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  const accepts = (types: readonly JsonValue[], type: JsonValue): boolean =>
    types.includes(type) || (type === "integer" && types.includes("number"));
  return [
    ...new Set([
      ...left.filter((type) => accepts(right, type)),
      ...right.filter((type) => accepts(left, type)),
    ]),
  ];
}

function mergeTwo(left: JsonObject, right: JsonObject): MergedSchema {
  const dropped = new Set<string>();
  let isExact = true;
  for (const group of GROUPS) {
    const pick = (schema: JsonObject): JsonObject =>
      Object.fromEntries(Object.entries(schema).filter(([keyword]) => group.includes(keyword)));
    const [ours, theirs] = [pick(left), pick(right)];
    if (Object.keys(ours).length === 0 || Object.keys(theirs).length === 0 || isEqualJson(ours, theirs))
      continue;
    for (const keyword of group) dropped.add(keyword);
    isExact = false;
  }
  const merged = new Map(Object.entries(left));
  for (const [keyword, value] of Object.entries(right)) {
    const before = merged.get(keyword);
    if (dropped.has(keyword)) continue;
    const both = before === undefined || isEqualJson(before, value) ? value : combine(keyword, before, value);
    if (both !== undefined) merged.set(keyword, both);
    else if (KEYWORDS.get(keyword)?.isAnnotation !== true) isExact = false;
  }
  for (const keyword of OTHER_PROPERTIES) {
    const [ours, theirs] = [left[keyword], right[keyword]];
    const isShared = listsAllOf(left, right) && listsAllOf(right, left);
    if (ours === undefined && theirs === undefined) continue;
    if (!(isShared && isEqualJson(ours, theirs))) isExact = false;
    // `false` excludes the properties of the other schema, unless both list them.
    const open = [ours, theirs].find((value) => value !== undefined && value !== false);
    const isClosed =
      (ours === false && listsAllOf(left, right)) || (theirs === false && listsAllOf(right, left));
    if (open !== undefined) merged.set(keyword, open);
    else if (isClosed) merged.set(keyword, false);
    else merged.delete(keyword);
  }
  return { schema: Object.fromEntries(merged), isExact };
}

/** Returns a value for a keyword that is as strict as both, or `undefined` if there is none. */
function combine(keyword: string, left: JsonValue, right: JsonValue): JsonValue | undefined {
  if (keyword === "type") {
    const types = sharedTypes([left].flat(), [right].flat());
    return types.length < 2 ? types[0] : types;
  }
  if (LARGER_LIMIT.includes(keyword)) return Math.max(Number(left), Number(right));
  if (SMALLER_LIMIT.includes(keyword)) return Math.min(Number(left), Number(right));
  if (Array.isArray(left) && Array.isArray(right)) {
    if (keyword === "required") return [...new Set<JsonValue>([...left, ...right])];
    if (keyword === "allOf") return [...left, ...right];
    if (keyword !== "enum") return undefined;
    const values: readonly JsonValue[] = right;
    const shared = left.filter((value: JsonValue) => values.some((other) => isEqualJson(value, other)));
    return shared.length === 0 ? undefined : shared;
  }
  if (keyword !== "properties" && keyword !== "patternProperties") return undefined;
  if (!isJsonObject(left) || !isJsonObject(right)) return undefined;
  const merged = new Map(Object.entries(left));
  for (const [name, schema] of Object.entries(right)) {
    const before = merged.get(name);
    merged.set(name, before === undefined ? schema : mergeChildren(before, schema));
  }
  return Object.fromEntries(merged);
}

function mergeChildren(left: JsonValue, right: JsonValue): JsonValue {
  if (left === true || isEqualJson(left, right)) return right;
  if (right === true) return left;
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const { schema, isExact } = mergeTwo(left, right);
  return isExact ? schema : { allOf: [left, right] };
}

/** Whether a schema lists every property that another one lists. */
function listsAllOf({ properties }: JsonObject, other: JsonObject): boolean {
  const names = isJsonObject(other["properties"]) ? Object.keys(other["properties"]) : [];
  const listed = isJsonObject(properties) ? properties : {};
  return other["patternProperties"] === undefined && names.every((name) => Object.hasOwn(listed, name));
}

/** Whether no value has a type that both schemas accept. */
export function excludeEachOther(left: JsonObject, right: JsonObject): boolean {
  const [ours, theirs] = [typesOf(left), typesOf(right)];
  return ours.length > 0 && theirs.length > 0 && sharedTypes(ours, theirs).length === 0;
}
