import type { JsonObject, JsonValue } from "axio";
import fc from "fast-check";

const NAMES = ["a", "b", "kind", "__proto__", "toString", "x/y"];
const KEYWORDS = [
  "type",
  "properties",
  "required",
  "items",
  "prefixItems",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
  "if",
  "then",
  "enum",
  "const",
  "additionalProperties",
  "patternProperties",
  "$ref",
  "$defs",
  "$id",
  "$anchor",
  "minimum",
  "exclusiveMinimum",
  "minLength",
  "pattern",
  "format",
  "nullable",
  "description",
  "default",
  "dependencies",
  "x-order",
];

const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const scalar = fc.oneof(
  fc.constantFrom<JsonValue>("a", "b", 0, 1, 2.5, null, true),
  fc.string({ maxLength: 4 }),
);
const name = fc.constantFrom(...NAMES);
const count = fc.nat({ max: 3 });

/** A record with some of these members. */
function some(members: Readonly<Record<string, fc.Arbitrary<JsonValue>>>): fc.Arbitrary<JsonObject> {
  return fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
}

/** Schemas whose parts are of the kinds that `leaves` and `branches` add to the ordinary ones. */
function schemas(
  leaves: readonly fc.Arbitrary<JsonValue>[],
  branches: (child: fc.Arbitrary<JsonValue>) => readonly fc.Arbitrary<JsonValue>[],
): fc.Arbitrary<JsonValue> {
  const text = some({
    minLength: count,
    maxLength: count,
    pattern: fc.constantFrom("^a", "(?=a)a", "^(?<n>a)$", "\\d+", "[\\w-.]+"),
    description: fc.string({ maxLength: 5 }),
  }).map((schema) => ({ type: "string", ...schema }));
  const number = some({ minimum: count, exclusiveMaximum: count, multipleOf: fc.constantFrom(1, 0.5) }).chain(
    (schema) => fc.constantFrom("number", "integer").map((type) => ({ type, ...schema })),
  );
  const listed = fc.array(scalar, { minLength: 1, maxLength: 3 }).map((values) => ({ enum: values }));
  const { schema } = fc.letrec<{ schema: JsonValue }>((tie) => {
    const child = tie("schema");
    const list = some({ items: child, minItems: count, maxItems: count, uniqueItems: fc.boolean() }).map(
      (rest) => ({
        type: "array",
        ...rest,
      }),
    );
    const tuple = fc
      .record({ prefixItems: fc.array(child, { minLength: 1, maxLength: 2 }), items: fc.constant(false) })
      .map((rest) => ({ type: "array", ...rest }) as JsonObject);
    const object = fc
      .record({
        properties: fc.dictionary(name, child, { maxKeys: 3 }),
        isClosed: fc.boolean(),
        isRequired: fc.boolean(),
      })
      .map(
        ({ properties, isClosed, isRequired }): JsonObject => ({
          type: "object",
          properties,
          ...(isRequired ? { required: Object.keys(properties) } : {}),
          ...(isClosed ? { additionalProperties: false } : {}),
        }),
      );
    const combined = fc
      .record({
        keyword: fc.constantFrom("anyOf", "oneOf", "allOf"),
        list: fc.array(child, { minLength: 1, maxLength: 3 }),
      })
      .map(({ keyword, list }) => ({ [keyword]: list }) as JsonObject);
    return {
      schema: fc.oneof(
        { maxDepth: 4, depthSize: "small" },
        text,
        number,
        listed,
        scalar.map((value) => ({ const: value })),
        fc.constantFrom<JsonValue>({ type: "null" }, { type: "boolean" }, { type: ["string", "null"] }),
        ...leaves,
        list,
        tuple,
        object,
        combined,
        ...branches(child),
      ),
    };
  });
  return schema;
}

/** Objects of JSON Schema 2020-12 with a type at each level, and with definitions that may be recursive. */
export const typedSchema: fc.Arbitrary<JsonObject> = withDefinitions(
  schemas(
    [fc.constantFrom<JsonValue>({ $ref: "#" }, { $ref: "#/$defs/X" }, { $ref: "#/$defs/Y" })],
    () => [],
  ),
);

/** Schemas of all drafts and of OpenAPI, with combinators and references at the root too, and with mistakes. */
export const anySchema: fc.Arbitrary<JsonObject> = fc.oneof(
  typedSchema,
  withDefinitions(oddSchema(), oddSchema()),
  fc.dictionary(fc.constantFrom(...KEYWORDS), json, { maxKeys: 5 }) as fc.Arbitrary<JsonObject>,
);

function oddSchema(): fc.Arbitrary<JsonValue> {
  const leaves: fc.Arbitrary<JsonValue>[] = [
    fc.boolean(),
    fc.constantFrom<JsonValue>(
      {},
      { type: "object" },
      { type: "array" },
      { type: "string", format: "uri" },
      { type: "string", nullable: true, enum: ["a"] },
      { type: "number", minimum: 1, exclusiveMinimum: true },
      { type: "string", required: true },
      { enum: [] },
      { enum: [{ a: 1 }, "a"] },
      { minLength: 1 },
      { $ref: "#" },
      { $ref: "#/$defs/X", description: "An X", default: null },
      { $ref: "#/definitions/Z" },
      { $ref: "#/properties/a" },
      { $ref: "#anchor" },
      { $ref: "https://example.com/schema#/$defs/X" },
      { $ref: "https://example.com/other" },
      { $dynamicRef: "#anchor" },
      { type: "string", description: null, minLength: null },
      { type: "object", properties: { "": { type: "string" } }, required: [""] },
      { type: "int" },
    ),
  ];
  return schemas(leaves, (child) => [
    fc.array(child, { maxLength: 2 }).map((items) => ({ type: "array", items })),
    child.map((schema) => ({ type: "object", additionalProperties: schema })),
    child.map((schema) => ({ type: "object", patternProperties: { "^a": schema } })),
    child.map((schema) => ({ type: "array", contains: schema, prefixItems: [schema] })),
    child.map((schema) => ({ not: schema })),
    child.map((schema) => ({ properties: { a: schema }, nullable: true })),
    child.map((schema) => ({ type: "object", properties: {}, anyOf: [schema, { required: ["a"] }] })),
    fc
      .tuple(child, child)
      .map((both) => Object.fromEntries(["if", "then"].map((key, at) => [key, both[at]])) as JsonObject),
  ]);
}

function withDefinitions(
  schema: fc.Arbitrary<JsonValue>,
  root: fc.Arbitrary<JsonValue> = fc.constant({}),
): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      properties: fc.dictionary(name, schema, { maxKeys: 3 }),
      X: schema,
      Y: schema,
      extra: root,
      isRequired: fc.boolean(),
      isObject: fc.boolean(),
    })
    .map(({ properties, X, Y, extra, isRequired, isObject }): JsonObject => {
      const parts = typeof extra === "object" ? (extra as JsonObject) : {};
      const isOdd = Object.keys(parts).length > 0;
      return {
        ...(isObject || !isOdd ? { type: "object" } : {}),
        properties,
        ...(isRequired ? { required: Object.keys(properties) } : {}),
        ...parts,
        $defs: { X, Y },
        ...(isOdd
          ? { $id: "https://example.com/schema", definitions: { Z: { $anchor: "anchor", type: "string" } } }
          : {}),
      };
    });
}
