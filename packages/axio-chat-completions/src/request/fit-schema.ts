import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import type { Dialect } from "../dialect/dialect.ts";

type SchemaRules = Pick<Dialect, "refusedKeywords" | "inlineReferences">;

const MAPS: ReadonlySet<string> = new Set([
  "properties",
  "$defs",
  "definitions",
  "patternProperties",
  "dependentSchemas",
]);
const LISTS: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const SCHEMAS: ReadonlySet<string> = new Set([
  "items",
  "additionalProperties",
  "not",
  "if",
  "then",
  "else",
  "contains",
  "propertyNames",
  "unevaluatedProperties",
]);
/** Keywords that the API refuses at the root of a tool's schema. */
const REFUSED_AT_ROOT = ["anyOf", "oneOf", "allOf", "not", "enum", "const", "if", "then", "else"];

/**
 * Fits the schema of a tool's input to what the server accepts. The result may allow more than the schema, never less: the
 * input is validated against the schema itself when the tool is called.
 */
export function fitSchema(schema: JsonObject, rules: SchemaRules): JsonObject {
  const root = resolve(schema, schema) ?? schema;
  const definitions = Object.fromEntries(
    ["$defs", "definitions"].flatMap((name) => (name in schema ? [[name, schema[name] ?? {}]] : [])),
  );
  const fitted = fitNode({ ...definitions, ...liftRoot(root, schema) }, { ...rules, root: schema, open: [] });
  return {
    ...fitted,
    type: "object",
    properties: isJsonObject(fitted["properties"]) ? fitted["properties"] : {},
  };
}

/** The root without combinators. The properties of their branches become optional properties of the root. */
function liftRoot(root: JsonObject, document: JsonObject): JsonObject {
  const branches = ["anyOf", "oneOf", "allOf"].flatMap((keyword) => {
    const list = root[keyword];
    return Array.isArray(list)
      ? list.filter(isJsonObject).map((branch) => ({ keyword, branch: resolve(branch, document) ?? branch }))
      : [];
  });
  if (branches.length === 0 && !REFUSED_AT_ROOT.some((keyword) => keyword in root)) return root;
  const rest = Object.fromEntries(
    Object.entries(root).filter(([keyword]) => !REFUSED_AT_ROOT.includes(keyword)),
  );
  const properties: Record<string, JsonValue> = {};
  const required: JsonValue[] = [];
  for (const { keyword, branch } of branches) {
    const lifted = liftRoot(branch, document);
    for (const [name, property] of Object.entries(
      isJsonObject(lifted["properties"]) ? lifted["properties"] : {},
    )) {
      const before = properties[name];
      properties[name] = before === undefined ? property : { anyOf: [before, property] };
    }
    // All branches of `allOf` hold at once.
    if (keyword === "allOf" && Array.isArray(lifted["required"])) required.push(...lifted["required"]);
  }
  return {
    ...rest,
    properties: { ...properties, ...(isJsonObject(root["properties"]) ? root["properties"] : {}) },
    required: [...new Set([...required, ...(Array.isArray(root["required"]) ? root["required"] : [])])],
  };
}

interface FitState extends SchemaRules {
  readonly root: JsonObject;
  /** The references being replaced, so that a schema within itself ends. */
  readonly open: readonly string[];
}

function fitNode(schema: JsonObject, state: FitState): JsonObject {
  const reference = schema["$ref"];
  if (state.inlineReferences && typeof reference === "string") {
    const target = state.open.includes(reference) ? undefined : resolve(schema, state.root);
    const { $ref: _, ...rest } = schema;
    return fitNode({ ...target, ...rest }, { ...state, open: [...state.open, reference] });
  }
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, JsonValue][] => {
    if (keyword === "const" && state.refusedKeywords.includes("const")) return [["enum", [value]]];
    if (state.refusedKeywords.includes(keyword)) return [];
    return [[keyword, fitKeyword(keyword, value, state)]];
  });
  const fitted = Object.fromEntries(entries);
  const types = Array.isArray(fitted["type"]) ? fitted["type"] : [fitted["type"]];
  return types.includes("array") && !("items" in fitted) && !("prefixItems" in fitted)
    ? { ...fitted, items: {} }
    : fitted;
}

function fitKeyword(keyword: string, value: JsonValue, state: FitState): JsonValue {
  if (MAPS.has(keyword) && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, fitValue(child, state)]));
  }
  if (LISTS.has(keyword) && Array.isArray(value)) return value.map((child) => fitValue(child, state));
  return SCHEMAS.has(keyword) ? fitValue(value, state) : value;
}

function fitValue(value: JsonValue, state: FitState): JsonValue {
  return isJsonObject(value) ? fitNode(value, state) : value;
}

/** Returns the schema that a local reference leads to, through further references. */
function resolve(schema: JsonObject, document: JsonObject): JsonObject | undefined {
  const seen = new Set<JsonObject>();
  let current = schema;
  while (typeof current["$ref"] === "string") {
    const target = atPointer(document, current["$ref"]);
    if (target === undefined || seen.has(target)) return undefined;
    seen.add(target);
    current = target;
  }
  return current === schema ? undefined : current;
}

function atPointer(document: JsonObject, reference: string): JsonObject | undefined {
  if (!reference.startsWith("#")) return undefined;
  let value: JsonValue | undefined = document;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    value = Array.isArray(value) ? value[Number(name)] : isJsonObject(value) ? value[name] : undefined;
  }
  return isJsonObject(value) ? value : undefined;
}
