import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { escapeStep, IN_PLACE, JSON_TYPES, KEYWORDS, mapSubschemas, subschemasOf } from "./keywords.ts";
import { modernize } from "./modernize.ts";
import { portablePattern } from "./portable-pattern.ts";
import { baseOf, NO_ID, type Place, ReferenceResolver, type Target } from "./references.ts";
import { definitionName, referenceTo, type SchemaDocument, SchemaProblem } from "./schema-document.ts";

/**
 * Converts a schema of any draft, or of OpenAPI, to JSON Schema 2020-12 with the same meaning. Keywords that mean nothing to
 * a validator are dropped, except annotations. Every reference becomes `#` or `#/$defs/NAME`.
 *
 * @throws SchemaProblem for a mistake: an unknown type, a `$ref` without a target, a keyword with a value of the wrong type.
 */
export function upgradeSchema(schema: JsonObject): SchemaDocument {
  const resolver = new ReferenceResolver(schema);
  const names = new Map<string, string>();
  const pending: { name: string; target: Target }[] = [];
  const refer: Refer = (reference, { path, base }) => {
    const target = resolver.resolve(reference, base);
    if (target === undefined) {
      const text = JSON.stringify(reference);
      throw new SchemaProblem(
        path,
        `the $ref ${text} has no target in the schema. Add the target to "$defs".`,
      );
    }
    if (target.path === "#") return "#";
    const known = names.get(target.path);
    if (known !== undefined) return referenceTo(known);
    const name = uniqueName(target.path, new Set(names.values()));
    names.set(target.path, name);
    pending.push({ name, target });
    return referenceTo(name);
  };
  const root = toObject(upgrade(schema, { path: "#", base: NO_ID }, refer));
  const definitions = new Map<string, JsonObject>();
  // Grows during the loop.
  for (const { name, target } of pending) {
    definitions.set(name, toObject(upgrade(target.schema, target, refer)));
  }
  const document = { root, definitions };
  assertProgress(document);
  return document;
}

/** Converts a reference at a place. */
type Refer = (reference: string, place: Place) => string;

function upgrade(schema: JsonValue, place: Place, refer: Refer): JsonValue {
  if (typeof schema === "boolean") return schema;
  const { path } = place;
  if (!isJsonObject(schema)) throw new SchemaProblem(path, "a schema must be an object.");
  const here = { path, base: baseOf(schema, place.base) };
  const modern = Object.entries(modernize(schema)).flatMap(([keyword, value]): [string, JsonValue][] => {
    if (!KEYWORDS.has(keyword)) return [];
    const checked = checkValue(keyword, value, path);
    if (checked === undefined) return [];
    return [[keyword, keyword === "$ref" ? refer(String(checked), here) : checked]];
  });
  return acceptNull(
    mapSubschemas(Object.fromEntries(modern), (child, step) =>
      upgrade(child, { path: `${path}/${step}`, base: here.base }, refer),
    ),
    schema["nullable"] === true,
  );
}

/** Returns the value of a keyword, or `undefined` if the keyword is to be dropped. */
function checkValue(keyword: string, value: JsonValue, path: string): JsonValue | undefined {
  const { value: shape, isAnnotation } = KEYWORDS.get(keyword) ?? { value: "any" };
  const expected = problemOf(shape, value);
  if (expected !== undefined) {
    if (isAnnotation === true) return undefined;
    throw new SchemaProblem(path, `${JSON.stringify(keyword)} must be ${expected}.`);
  }
  if (shape === "types") return checkTypes([value].flat(), path);
  if (keyword === "patternProperties" && isJsonObject(value)) {
    const entries = Object.entries(value).map(([pattern, child]): [string, JsonValue] => [
      checkPattern(pattern, `${path}/patternProperties/${escapeStep(pattern)}`),
      child,
    ]);
    return Object.fromEntries(entries);
  }
  return shape === "pattern" ? checkPattern(String(value), path) : value;
}

/** Says what a value must be, if it is not. */
function problemOf(shape: string, value: JsonValue): string | undefined {
  const isNames = (names: JsonValue): boolean =>
    Array.isArray(names) && names.every((name) => typeof name === "string");
  switch (shape) {
    case "schemas":
      return Array.isArray(value) ? undefined : "a list of schemas";
    case "schemas-by-name":
      return isJsonObject(value) ? undefined : "an object";
    case "names":
      return isNames(value) ? undefined : "a list of names";
    case "names-by-name":
      return isJsonObject(value) && Object.values(value).every(isNames)
        ? undefined
        : "lists of names by name";
    case "values":
      return Array.isArray(value) ? undefined : "a list";
    case "number":
      return typeof value === "number" ? undefined : "a number";
    case "positive-number":
      return typeof value === "number" && value > 0 ? undefined : "a number above 0";
    case "count":
      return Number.isInteger(value) && Number(value) >= 0 ? undefined : "a whole number from 0";
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "string":
    case "pattern":
      return typeof value === "string" ? undefined : "a string";
    default:
      return undefined;
  }
}

function checkTypes(types: readonly JsonValue[], path: string): JsonValue {
  const unique = [...new Set(types)];
  for (const name of unique) {
    if (typeof name !== "string") throw new SchemaProblem(path, '"type" must be a name, or a list of names.');
    if (!JSON_TYPES.some((type) => type === name)) {
      const text = JSON.stringify(name);
      throw new SchemaProblem(path, `${text} is not a JSON type. Choose one of: ${JSON_TYPES.join(", ")}.`);
    }
  }
  const [first] = unique;
  if (first === undefined) throw new SchemaProblem(path, '"type" must name a type.');
  return unique.length === 1 ? first : unique;
}

function checkPattern(pattern: string, path: string): string {
  const portable = portablePattern(pattern);
  if (portable === undefined) {
    const text = JSON.stringify(pattern);
    throw new SchemaProblem(
      path,
      `the pattern ${text} is not a regular expression of JavaScript. Rewrite it.`,
    );
  }
  return portable;
}

/** Applies `nullable` of OpenAPI. */
function acceptNull(schema: JsonObject, isNullable: boolean): JsonObject {
  if (!isNullable) return schema;
  const { type, const: constant, enum: values, ...rest } = schema;
  if (["$ref", "allOf", "anyOf", "oneOf", "not", "if"].some((keyword) => keyword in schema)) {
    const { title, description, ...constraints } = schema;
    const head = Object.entries({ title, description }).filter((entry) => entry[1] !== undefined);
    return { ...(Object.fromEntries(head) as JsonObject), anyOf: [constraints, { type: "null" }] };
  }
  const listed = constant === undefined ? values : [constant];
  return {
    ...rest,
    ...(type === undefined ? {} : { type: [...new Set([type].flat()).add("null")] }),
    ...(Array.isArray(listed) ? { enum: listed.includes(null) ? listed : [...listed, null] } : {}),
  };
}

function toObject(schema: JsonValue): JsonObject {
  if (isJsonObject(schema)) return schema;
  return schema === false ? { not: {} } : {};
}

/** Names a definition after the last step of its path. */
function uniqueName(path: string, taken: ReadonlySet<string>): string {
  const step = path.slice(path.lastIndexOf("/") + 1);
  const name =
    step
      .replaceAll("~1", "/")
      .replaceAll("~0", "~")
      .replaceAll(/[^\w.-]/g, "_") || "definition";
  let unique = name;
  for (let count = 2; taken.has(unique); count += 1) unique = `${name}_${count}`;
  return unique;
}

/** @throws SchemaProblem if a schema refers to itself for the same value, which a validator would follow for ever. */
function assertProgress({ root, definitions }: SchemaDocument): void {
  const done = new Set<JsonObject>();
  const visit = (schema: JsonObject, path: string, open: ReadonlySet<JsonObject>): void => {
    if (open.has(schema))
      throw new SchemaProblem(path, "the schema refers to itself for the same value. Remove that $ref.");
    if (done.has(schema)) return;
    const inside = new Set(open).add(schema);
    for (const name of referencesInPlace(schema)) {
      const target = name === undefined ? root : definitions.get(name);
      if (target !== undefined) visit(target, name === undefined ? "#" : referenceTo(name), inside);
    }
    done.add(schema);
  };
  visit(root, "#", new Set());
  for (const [name, definition] of definitions) visit(definition, referenceTo(name), new Set());
}

function referencesInPlace(schema: JsonValue): readonly (string | undefined)[] {
  if (!isJsonObject(schema)) return [];
  const { $ref } = schema;
  const inner = subschemasOf(schema).flatMap(({ keyword, child }) =>
    IN_PLACE.has(keyword) ? referencesInPlace(child) : [],
  );
  return typeof $ref === "string" ? [definitionName($ref), ...inner] : inner;
}
