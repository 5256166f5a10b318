import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

type Entries = Readonly<Record<string, JsonValue>>;

/**
 * Converts the keywords of one schema, but not of the schemas inside it, from older drafts and OpenAPI to 2020-12. A keyword
 * that is `null` counts as absent, because some generators write absent keywords so.
 */
export function modernize(schema: JsonObject): JsonObject {
  const present = Object.entries(schema).filter(
    ([keyword, value]) => value !== null || keyword === "const" || keyword === "default",
  );
  return [
    renameReference,
    renameExample,
    splitDependencies,
    listTuple,
    (entries: Entries) => limitExclusively(entries, "minimum", "exclusiveMinimum"),
    (entries: Entries) => limitExclusively(entries, "maximum", "exclusiveMaximum"),
    requireMarked,
  ].reduce((entries, convert) => convert(entries), Object.fromEntries(present) as Entries);
}

/** Inside one document, dynamic references have the same meaning as others. */
function renameReference({ $dynamicRef, $recursiveRef, ...rest }: Entries): Entries {
  const reference = rest["$ref"] ?? $dynamicRef ?? $recursiveRef;
  return reference === undefined ? rest : { ...rest, $ref: reference };
}

function renameExample({ example, ...rest }: Entries): Entries {
  return example === undefined ? rest : { examples: [example], ...rest };
}

/** Until draft 7, `dependencies` was both `dependentRequired` and `dependentSchemas`. */
function splitDependencies({ dependencies, ...rest }: Entries): Entries {
  if (!isJsonObject(dependencies)) return rest;
  const entries = Object.entries(dependencies);
  const names = entries.filter(([, value]) => Array.isArray(value));
  const schemas = entries.filter(([, value]) => !Array.isArray(value));
  return {
    ...(names.length === 0 ? {} : { dependentRequired: Object.fromEntries(names) }),
    ...(schemas.length === 0 ? {} : { dependentSchemas: Object.fromEntries(schemas) }),
    ...rest,
  };
}

/** Until 2019-09, a list in `items` described a tuple. */
function listTuple({ items, additionalItems, ...rest }: Entries): Entries {
  if (items === undefined) return rest;
  if (!Array.isArray(items)) return { ...rest, items };
  return {
    ...rest,
    ...(items.length === 0 ? {} : { prefixItems: items }),
    ...(additionalItems === undefined ? {} : { items: additionalItems }),
  };
}

/** Until draft 4, `exclusiveMinimum: true` changed the meaning of `minimum`. */
function limitExclusively(entries: Entries, limit: string, exclusive: string): Entries {
  const { [limit]: value, [exclusive]: isExclusive, ...rest } = entries;
  if (typeof isExclusive !== "boolean") return entries;
  return value === undefined ? rest : { ...rest, [isExclusive ? exclusive : limit]: value };
}

/** In draft 3, `required: true` marked a property. */
function requireMarked(entries: Entries): Entries {
  const { required, ...rest } = entries;
  const unmarked = typeof required === "boolean" ? rest : entries;
  const properties = isJsonObject(entries["properties"]) ? Object.entries(entries["properties"]) : [];
  const marked = properties.flatMap(([name, property]) =>
    isJsonObject(property) && property["required"] === true ? [name] : [],
  );
  const listed = unmarked["required"] ?? [];
  if (marked.length === 0 || !Array.isArray(listed)) return unmarked;
  return { ...unmarked, required: [...new Set([...listed, ...marked])] };
}
