import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import { definitionName, mapSubschemas, readDocument } from "axio/internal";
import type { Dialect } from "../dialect/dialect.ts";

type SchemaRules = Pick<Dialect, "refusedKeywords" | "inlineReferences">;

/**
 * Drops from a schema what one server refuses in addition to the others. `const` becomes `enum`, and a reference to a schema
 * around it becomes a schema that accepts any value.
 *
 * @param schema A schema as `toSentSchema` returns it.
 */
export function toDialectSchema(schema: JsonObject, rules: SchemaRules): JsonObject {
  const { refusedKeywords, inlineReferences } = rules;
  if (refusedKeywords.length === 0 && !inlineReferences) return schema;
  const { root, definitions } = readDocument(schema);
  const convert = (value: JsonValue, open: readonly string[]): JsonValue => {
    if (!isJsonObject(value)) return value;
    const { $ref: reference, ...rest } = value;
    if (inlineReferences && typeof reference === "string") {
      const name = definitionName(reference);
      const target = name === undefined ? root : definitions.get(name);
      if (open.includes(reference)) return convert(rest, open);
      return convert({ ...target, ...rest }, [...open, reference]);
    }
    const entries = Object.entries(value).flatMap(([keyword, child]): [string, JsonValue][] => {
      if (!refusedKeywords.includes(keyword)) return [[keyword, child]];
      return keyword === "const" ? [["enum", [child]]] : [];
    });
    return mapSubschemas(Object.fromEntries(entries), (child) => convert(child, open));
  };
  const kept = inlineReferences ? [] : [...definitions];
  const $defs = Object.fromEntries(kept.map(([name, definition]) => [name, convert(definition, [])]));
  return { ...(convert(root, []) as JsonObject), ...(kept.length === 0 ? {} : { $defs }) };
}
