import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { escapeStep, KEYWORDS } from "./keywords.ts";
import { excludeEachOther, mergeSchemas } from "./merge-schemas.ts";
import {
  definitionName,
  type SchemaDocument,
  SchemaProblem,
  targetOf,
  writeDocument,
} from "./schema-document.ts";
import type { StrictSubset } from "./strict-subset.ts";
import { anyValue, applies, inferTypes, isOfType, noValue, valuesOf, withoutTuple } from "./strict-types.ts";

/** A schema that a service can enforce, or the reason why there is none. */
export type StrictSchema =
  | { readonly ok: true; readonly schema: JsonObject }
  | { readonly ok: false; readonly problem: string };

/** The most schemas that are looked at. One definition may be used, and merged, many times. */
const MAX_SCHEMAS = 20_000;

/**
 * Converts a schema to one that a service can enforce. Constraints that the service does not support are dropped and named in
 * the description. Open objects with a list of properties are closed, which only narrows what the model can write. If a
 * schema cannot be expressed otherwise, there is no strict form.
 *
 * @param document Its root is an object without combinators: see `withObjectRoot`.
 */
export function strictSchema(document: SchemaDocument, subset: StrictSubset): StrictSchema {
  const writer = new StrictWriter(document, subset);
  try {
    return { ok: true, schema: writer.write() };
  } catch (error) {
    if (error instanceof SchemaProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

class StrictWriter {
  readonly #document: SchemaDocument;
  readonly #subset: StrictSubset;
  readonly #unsupportedPattern: RegExp;
  /** The definitions that are used. */
  readonly #used = new Set<string>();
  #schemas = 0;
  #properties = 0;
  #enumValues = 0;
  #nameLength = 0;

  constructor(document: SchemaDocument, subset: StrictSubset) {
    this.#document = document;
    this.#subset = subset;
    this.#unsupportedPattern = new RegExp(subset.unsupportedPattern);
  }

  write(): JsonObject {
    const root = this.#schema(this.#document.root, "#", 0);
    const definitions = new Map<string, JsonObject>();
    // Grows during the loop.
    for (const name of this.#used) {
      this.#count({ name });
      definitions.set(name, this.#schema(this.#document.definitions.get(name) ?? {}, `#/$defs/${name}`, 0));
    }
    return writeDocument({ root, definitions });
  }

  /** @param depth The number of objects and arrays around the schema. */
  #schema(value: JsonValue, path: string, depth: number): JsonObject {
    this.#schemas += 1;
    if (this.#schemas > MAX_SCHEMAS) throw new SchemaProblem("#", "it is too complex.");
    if (!isJsonObject(value)) throw value === false ? noValue(path) : anyValue(path, "any value");
    const schema = this.#withoutAllOf(value, path);
    if (typeof schema["$ref"] === "string") return this.#reference(schema["$ref"], schema);
    const alternatives = schema["anyOf"] ?? schema["oneOf"];
    if (Array.isArray(alternatives)) return this.#alternatives(schema, alternatives, path, depth);
    const types = inferTypes(schema, path);
    const isObject = types.includes("object");
    const isArray = types.includes("array");
    if ((isObject || isArray) && depth >= this.#subset.maxLevels) {
      throw new SchemaProblem(path, `it is nested more than ${this.#subset.maxLevels} levels deep.`);
    }
    const applicable = Object.entries(isArray ? withoutTuple(schema, path) : schema).filter(([keyword]) =>
      applies(keyword, types),
    );
    const entries = applicable.flatMap(([keyword, content]): [string, JsonValue][] => {
      if (!this.#supports(keyword, content)) return [];
      if (keyword === "items") return [[keyword, this.#schema(content, `${path}/items`, depth + 1)]];
      return ["properties", "required", "additionalProperties", "type"].includes(keyword)
        ? []
        : [[keyword, content]];
    });
    const dropped = applicable.filter(([keyword, content]) => !this.#supports(keyword, content));
    return describe(
      {
        type: types.length === 1 ? (types[0] ?? null) : types,
        ...Object.fromEntries(entries),
        ...(isObject ? this.#object(schema, path, depth) : {}),
        ...this.#values(schema, types, path),
      },
      dropped,
    );
  }

  /** Services accept nothing beside a reference. */
  #reference(reference: string, { $ref: _, ...beside }: JsonObject): JsonObject {
    const name = definitionName(reference);
    if (name !== undefined) this.#used.add(name);
    const { description, ...constraints } = beside;
    const described = describe(description === undefined ? {} : { description }, Object.entries(constraints));
    return described["description"] === undefined
      ? { $ref: reference }
      : { ...described, anyOf: [{ $ref: reference }] };
  }

  /** Replaces `allOf` with one schema that accepts what all of its schemas accept, or more. */
  #withoutAllOf(schema: JsonObject, path: string): JsonObject {
    const { allOf, ...own } = schema;
    if (!Array.isArray(allOf)) return schema;
    const parts = allOf.filter((part: JsonValue) => part !== true);
    const [only] = parts;
    if (parts.length === 1 && isJsonObject(only) && !hasConstraints(own)) {
      return this.#withoutAllOf({ ...only, ...own }, path);
    }
    const resolved = [own, ...parts].map((part, index) => this.#resolve(part, `${path}/allOf/${index - 1}`));
    return this.#withoutAllOf(mergeSchemas(resolved).schema, path);
  }

  /** Replaces the reference of a schema with its target. */
  #resolve(schema: JsonValue, path: string): JsonObject {
    this.#schemas += 1;
    if (this.#schemas > MAX_SCHEMAS) throw new SchemaProblem("#", "it is too complex.");
    if (!isJsonObject(schema)) throw noValue(path);
    const target = targetOf(schema, this.#document);
    if (target === undefined) return schema;
    const { $ref: _, ...beside } = schema;
    return mergeSchemas([beside, this.#resolve(target, path)]).schema;
  }

  /** Moves what a schema says beside its alternatives into each of them. */
  #alternatives(
    schema: JsonObject,
    alternatives: readonly JsonValue[],
    path: string,
    depth: number,
  ): JsonObject {
    const { anyOf: _anyOf, oneOf: _oneOf, ...own } = schema;
    const isAnnotation = ([keyword]: readonly [string, JsonValue]): boolean =>
      KEYWORDS.get(keyword)?.isAnnotation === true;
    const constraints = Object.fromEntries(Object.entries(own).filter((entry) => !isAnnotation(entry)));
    const annotations = Object.entries(own).filter(
      (entry) => isAnnotation(entry) && this.#supports(entry[0], entry[1]),
    );
    const branches = !hasConstraints(constraints)
      ? alternatives
      : alternatives
          .filter((branch) => branch !== false)
          .map((branch, index) => this.#resolve(branch === true ? {} : branch, `${path}/anyOf/${index}`))
          .filter((branch) => !excludeEachOther(constraints, branch))
          .map((branch) => mergeSchemas([branch, constraints]).schema);
    if (branches.length === 0) throw noValue(path);
    const anyOf = branches.map((branch, index) => this.#schema(branch, `${path}/anyOf/${index}`, depth));
    return { ...Object.fromEntries(annotations), anyOf };
  }

  /** Closes an object. */
  #object(schema: JsonObject, path: string, depth: number): JsonObject {
    const { additionalProperties = false, patternProperties, required } = schema;
    if (additionalProperties !== false || patternProperties !== undefined) {
      throw new SchemaProblem(
        path,
        "it allows properties of any name. List its properties, and allow no others.",
      );
    }
    if (schema["properties"] === undefined && schema["additionalProperties"] === undefined) {
      throw new SchemaProblem(path, "it is an object without a list of properties. Add them.");
    }
    const listed = isJsonObject(schema["properties"]) ? schema["properties"] : {};
    const names: readonly JsonValue[] = Array.isArray(required) ? required : [];
    const unlisted = names.find((name) => !Object.hasOwn(listed, String(name)));
    if (unlisted !== undefined) {
      throw new SchemaProblem(
        path,
        `the required property ${JSON.stringify(unlisted)} has no schema. Add it.`,
      );
    }
    // A property that no value fits can only be absent.
    const properties = Object.entries(listed).filter(
      ([name, child]) => child !== false || names.includes(name),
    );
    const isRequired = ([name]: readonly [string, JsonValue]): boolean => names.includes(name);
    const optional = properties.find((property) => !isRequired(property));
    if (optional !== undefined && this.#subset.optionalProperties !== true) {
      throw new SchemaProblem(
        path,
        `the property ${JSON.stringify(optional[0])} is optional. Make it required, and allow null for it.`,
      );
    }
    const strict = properties.map(([name, child]): [string, JsonValue] => {
      this.#count({ name, properties: 1 });
      return [name, this.#schema(child, `${path}/properties/${escapeStep(name)}`, depth + 1)];
    });
    return {
      properties: Object.fromEntries(strict),
      required: strict.filter(isRequired).map(([name]) => name),
      additionalProperties: false,
    };
  }

  /** Writes `enum` and `const`, without values that the type excludes. */
  #values(schema: JsonObject, types: readonly JsonValue[], path: string): JsonObject {
    const values = valuesOf(schema);
    if (values === undefined) return {};
    const isConstant = schema["const"] !== undefined;
    const fitting = values.filter((value) => types.some((type) => isOfType(value, type)));
    if (fitting.length === 0) throw noValue(path);
    if (fitting.some((value) => typeof value === "object" && value !== null)) {
      throw new SchemaProblem(path, "its values are objects or lists. Describe them with a schema.");
    }
    const { largeEnum } = this.#subset;
    const length = fitting.reduce<number>((sum, value) => sum + String(value).length, 0);
    if (fitting.length > largeEnum.values && length > largeEnum.length) {
      throw new SchemaProblem(path, `its values have more than ${largeEnum.length} characters. List fewer.`);
    }
    this.#count({ name: fitting.map(String).join(""), enumValues: isConstant ? 0 : fitting.length });
    const [value = null] = fitting;
    return isConstant ? { const: value } : { enum: fitting };
  }

  #supports(keyword: string, value: JsonValue): boolean {
    if (keyword === "format") return this.#subset.formats.includes(String(value));
    if (keyword === "minItems") {
      const { keywords, maxMinItems = Number.POSITIVE_INFINITY } = this.#subset;
      return keywords.includes(keyword) && Number(value) <= maxMinItems;
    }
    if (keyword === "pattern") return !this.#unsupportedPattern.test(String(value));
    return this.#subset.keywords.includes(keyword);
  }

  #count(added: { readonly name: string; readonly properties?: number; readonly enumValues?: number }): void {
    const { maxProperties, maxEnumValues, maxNameLength } = this.#subset;
    this.#properties += added.properties ?? 0;
    this.#enumValues += added.enumValues ?? 0;
    this.#nameLength += added.name.length;
    if (this.#properties > maxProperties) {
      throw new SchemaProblem("#", `it has more than ${maxProperties} properties in total.`);
    }
    if (this.#enumValues > maxEnumValues) {
      throw new SchemaProblem("#", `it has more than ${maxEnumValues} enum values in total.`);
    }
    if (this.#nameLength > maxNameLength) {
      throw new SchemaProblem(
        "#",
        `its names and values have more than ${maxNameLength} characters in total.`,
      );
    }
  }
}

/** Whether a schema says more than annotations. */
function hasConstraints(schema: JsonObject): boolean {
  return Object.keys(schema).some((keyword) => KEYWORDS.get(keyword)?.isAnnotation !== true);
}

/** Names dropped constraints in the description, so that the model knows them. */
function describe(schema: JsonObject, dropped: readonly (readonly [string, JsonValue])[]): JsonObject {
  const constraints = dropped.filter(
    ([keyword, value]) =>
      KEYWORDS.get(keyword)?.isAnnotation !== true && value !== null && typeof value !== "object",
  );
  if (constraints.length === 0) return schema;
  const text = `Constraints: ${JSON.stringify(Object.fromEntries(constraints))}`;
  const { description } = schema;
  return { ...schema, description: typeof description === "string" ? `${description}\n${text}` : text };
}
