import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { KEYWORDS, typesOf } from "./keywords.ts";
import { isEqualJson, mergeSchemas } from "./merge-schemas.ts";
import { type SchemaDocument, SchemaProblem, targetOf } from "./schema-document.ts";

/** The keywords that services refuse at the root of a schema. */
const LIFTED = ["$ref", "allOf", "anyOf", "oneOf", "not", "enum", "const", "if", "then", "else"];

/** Whether a schema accepts objects, only other values, or says nothing about the type. */
type ObjectKind = "object" | "other" | "any";

/**
 * Makes the root of a schema an object without combinators and without a reference, as services demand. The properties of the
 * alternatives become optional properties of the root; what else they say is dropped. So the result accepts each object with
 * these properties that the schema accepts, and others.
 *
 * @param acceptAny Whether a schema that says nothing about the type is one of objects.
 * @throws SchemaProblem if the schema does not describe an object.
 */
export function withObjectRoot(document: SchemaDocument, acceptAny: boolean): SchemaDocument {
  const { root, definitions } = document;
  const lifter = new RootLifter(document);
  const kind = lifter.kindOf(root);
  if (kind === "other" || (kind === "any" && !acceptAny)) {
    const type = JSON.stringify(root["type"]);
    throw new SchemaProblem("#", `it must be an object: the "type" is ${type}, not "object".`);
  }
  const { type: _, ...rest } = LIFTED.some((keyword) => keyword in root) ? lifter.lift(root) : root;
  return { root: { type: "object", ...rest }, definitions };
}

/** Remembers the result for each schema, because one definition may be used many times. */
class RootLifter {
  readonly #document: SchemaDocument;
  readonly #kinds = new Map<JsonObject, ObjectKind>();
  readonly #lifted = new Map<JsonObject, JsonObject>();

  constructor(document: SchemaDocument) {
    this.#document = document;
  }

  kindOf(schema: JsonValue): ObjectKind {
    if (!isJsonObject(schema)) return schema === false ? "other" : "any";
    const kind = this.#kinds.get(schema) ?? this.#findKind(schema);
    this.#kinds.set(schema, kind);
    return kind;
  }

  lift(schema: JsonObject): JsonObject {
    const lifted = this.#lifted.get(schema) ?? this.#merge(schema);
    this.#lifted.set(schema, lifted);
    return lifted;
  }

  #findKind(schema: JsonObject): ObjectKind {
    const types = typesOf(schema);
    if (types.length > 0) return types.includes("object") ? "object" : "other";
    const { enum: values, const: constant } = schema;
    const listed = Array.isArray(values) ? values : constant === undefined ? [] : [constant];
    if (listed.length > 0) return listed.some(isJsonObject) ? "object" : "other";
    const together = [targetOf(schema, this.#document) ?? [], schema["allOf"] ?? []].flat();
    const kinds = [
      ...together.map((part) => this.kindOf(part)),
      ...["anyOf", "oneOf"].map((keyword) => this.#kindOfAlternatives(schema[keyword])),
    ];
    if (kinds.includes("other")) return "other";
    const isObject = Object.keys(schema).some((keyword) => KEYWORDS.get(keyword)?.type === "object");
    return isObject || kinds.includes("object") ? "object" : "any";
  }

  #kindOfAlternatives(alternatives: JsonValue | undefined): ObjectKind {
    if (!Array.isArray(alternatives)) return "any";
    const kinds = alternatives.map((alternative: JsonValue) => this.kindOf(alternative));
    return kinds.find((kind) => kind === "object") ?? kinds.find((kind) => kind === "any") ?? "other";
  }

  #merge(schema: JsonObject): JsonObject {
    const own = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !LIFTED.includes(keyword)));
    const target = targetOf(schema, this.#document);
    const branches = (keyword: string): readonly JsonObject[] =>
      [schema[keyword] ?? []]
        .flat()
        .filter((branch) => this.kindOf(branch) !== "other")
        .map((branch) => (isJsonObject(branch) ? this.lift(branch) : {}));
    const outcomes = schema["if"] === undefined ? [] : [branches("then"), branches("else")];
    return mergeSchemas([
      own,
      ...(target === undefined ? [] : [this.lift(target)]),
      ...branches("allOf"),
      alternativesAsOne(branches("anyOf")),
      alternativesAsOne(branches("oneOf")),
      alternativesAsOne(outcomes.map(([branch = {}]) => branch)),
    ]).schema;
  }
}

/** Merges schemas of which one applies: all their properties, but only those required that each of them requires. */
function alternativesAsOne(alternatives: readonly JsonObject[]): JsonObject {
  const [first, ...others] = alternatives;
  if (first === undefined) return {};
  if (others.length === 0) return first;
  const properties = new Map<string, JsonValue[]>();
  for (const alternative of alternatives) {
    const listed = isJsonObject(alternative["properties"]) ? alternative["properties"] : {};
    for (const [name, schema] of Object.entries(listed)) {
      const seen = properties.get(name) ?? [];
      if (!seen.some((other) => isEqualJson(other, schema))) seen.push(schema);
      properties.set(name, seen);
    }
  }
  const requiredOf = ({ required }: JsonObject): readonly JsonValue[] =>
    Array.isArray(required) ? required : [];
  const required = requiredOf(first).filter((name) =>
    others.every((other) => requiredOf(other).includes(name)),
  );
  const isClosed = alternatives.every((alternative) => alternative["additionalProperties"] === false);
  const entries = [...properties].map(([name, [schema = {}, ...more]]): [string, JsonValue] => [
    name,
    more.length === 0 ? schema : { anyOf: [schema, ...more] },
  ]);
  return {
    ...(entries.length === 0 ? {} : { properties: Object.fromEntries(entries) }),
    ...(required.length === 0 ? {} : { required }),
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}
