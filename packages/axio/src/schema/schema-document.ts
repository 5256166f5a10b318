import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { subschemasOf } from "./keywords.ts";

/** A schema whose references are all `#` or `#/$defs/NAME`. */
export interface SchemaDocument {
  readonly root: JsonObject;
  readonly definitions: ReadonlyMap<string, JsonObject>;
}

/** A part of a schema that cannot be used. The message begins with its place. */
export class SchemaProblem extends Error {
  /** @param path A JSON Pointer as a URI fragment, such as `#/properties/city`. */
  constructor(path: string, problem: string) {
    super(`at ${path} ${problem}`);
  }
}

const DEFINITIONS = "#/$defs/";

/** Returns the reference to a definition. */
export function referenceTo(name: string): string {
  return `${DEFINITIONS}${name}`;
}

/** Returns the name of the definition that a reference points to; `undefined` if it is the root. */
export function definitionName(reference: string): string | undefined {
  return reference === "#" ? undefined : reference.slice(DEFINITIONS.length);
}

/** Returns the target of a schema's `$ref`, if it has one. */
export function targetOf(
  { $ref }: JsonObject,
  { root, definitions }: SchemaDocument,
): JsonObject | undefined {
  if (typeof $ref !== "string") return undefined;
  const name = definitionName($ref);
  return name === undefined ? root : definitions.get(name);
}

/** Writes a document as one JSON Schema. Definitions that nothing refers to are dropped. */
export function writeDocument({ root, definitions }: SchemaDocument): JsonObject {
  const used = new Map<string, JsonObject>();
  const collect = (schema: JsonValue): void => {
    if (!isJsonObject(schema)) return;
    const name = typeof schema["$ref"] === "string" ? definitionName(schema["$ref"]) : undefined;
    const definition = name === undefined || used.has(name) ? undefined : definitions.get(name);
    if (name !== undefined && definition !== undefined) {
      used.set(name, definition);
      collect(definition);
    }
    for (const { child } of subschemasOf(schema)) collect(child);
  };
  collect(root);
  return used.size === 0 ? root : { ...root, $defs: Object.fromEntries(used) };
}

/** Reads a schema that {@link writeDocument} wrote. */
export function readDocument({ $defs, ...root }: JsonObject): SchemaDocument {
  const entries = isJsonObject($defs) ? Object.entries($defs) : [];
  return {
    root,
    definitions: new Map(entries.flatMap(([name, schema]) => (isJsonObject(schema) ? [[name, schema]] : []))),
  };
}
