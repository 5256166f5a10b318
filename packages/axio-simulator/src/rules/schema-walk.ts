import { isObject, type JsonObject } from "../json.ts";

const MAPS = ["properties", "$defs", "definitions", "patternProperties", "dependentSchemas"];
const LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const SINGLE = ["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"];

/**
 * Visits a schema and every schema in it, outer ones first.
 *
 * @param visit Receives the keywords and names that lead to the schema. A result ends the walk.
 */
export function walkSchema<Result>(
  schema: unknown,
  visit: (schema: JsonObject, context: readonly string[]) => Result | undefined,
  context: readonly string[] = [],
): Result | undefined {
  if (!isObject(schema)) return undefined;
  const found = visit(schema, context);
  if (found !== undefined) return found;
  for (const [path, child] of childrenOf(schema)) {
    const inner = walkSchema(child, visit, [...context, ...path]);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function* childrenOf(schema: JsonObject): Generator<readonly [path: readonly string[], child: unknown]> {
  for (const keyword of MAPS) {
    const map = schema[keyword];
    if (isObject(map)) for (const [name, child] of Object.entries(map)) yield [[keyword, name], child];
  }
  for (const keyword of LISTS) {
    const list = schema[keyword];
    if (Array.isArray(list))
      for (const [index, child] of list.entries()) yield [[keyword, String(index)], child];
  }
  for (const keyword of SINGLE) yield [[keyword], schema[keyword]];
}

/** Whether a `$ref` points to nothing in the schema. */
export function isUnknownReference(reference: unknown, root: JsonObject): boolean {
  if (typeof reference !== "string" || reference === "#") return false;
  if (!reference.startsWith("#/")) return true;
  const steps = reference
    .slice(2)
    .split("/")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
  let current: unknown = root;
  for (const step of steps) {
    current = isObject(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }
  return !isObject(current);
}

/** `In context=('properties', 'a')`: a tuple of Python, as the service writes it. */
export function schemaPlace(context: readonly string[]): string {
  const steps = context.map((step) => `'${step}'`).join(", ");
  return `In context=(${context.length === 1 ? `${steps},` : steps})`;
}

/** A JSON value as Python prints it. */
export function pythonText(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(pythonText).join(", ")}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([name, member]) => `'${name}': ${pythonText(member)}`);
  return `{${members.join(", ")}}`;
}
