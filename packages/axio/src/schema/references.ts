import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { escapeStep } from "./keywords.ts";
import { SchemaProblem } from "./schema-document.ts";

/** The deepest nesting of JSON in a schema. */
const MAX_DEPTH = 256;

/** A place in a schema. */
export interface Place {
  /** The path, as a JSON Pointer in a URI fragment. */
  readonly path: string;
  /** The URI that references are relative to. */
  readonly base: string;
}

/** The target of a reference. */
export interface Target extends Place {
  readonly schema: JsonValue;
}

/** The URI of a schema without `$id`. */
export const NO_ID = "schema:/";

/** Returns the URI that references inside a schema are relative to. */
export function baseOf({ $id }: JsonObject, base: string): string {
  return typeof $id === "string" && !$id.startsWith("#")
    ? (resolveUri($id, base) ?? base).replace(/#$/, "")
    : base;
}

/** Resolves references inside a schema: JSON Pointers, `$anchor` and `$id`. Does not fetch anything. */
export class ReferenceResolver {
  /** The schemas that have a URI: `uri` for an `$id`, `uri#name` for an anchor. */
  readonly #targets = new Map<string, Target>();

  /** @throws SchemaProblem if the schema is nested too deeply. */
  constructor(root: JsonObject) {
    this.#targets.set(NO_ID, { schema: root, path: "#", base: baseOf(root, NO_ID) });
    this.#index(root, { path: "#", base: NO_ID }, 0);
  }

  /** @returns `undefined` if there is no target. */
  resolve(reference: string, base: string): Target | undefined {
    const [uri = "", fragment = ""] = (resolveUri(reference, base) ?? "").split("#");
    const resource = this.#targets.get(uri);
    if (fragment === "") return resource;
    if (!fragment.startsWith("/")) return this.#targets.get(`${uri}#${fragment}`);
    return resource === undefined ? undefined : follow(fragment, resource);
  }

  #index(schema: JsonValue, { path, base: outerBase }: Place, depth: number): void {
    if (typeof schema !== "object" || schema === null) return;
    if (depth > MAX_DEPTH) throw new SchemaProblem("#", "it is nested too deeply. Use $ref.");
    const base = isJsonObject(schema) ? baseOf(schema, outerBase) : outerBase;
    if (isJsonObject(schema)) {
      const { $id, $anchor, $dynamicAnchor } = schema;
      const target = { schema, path, base };
      if (base !== outerBase && !this.#targets.has(base)) this.#targets.set(base, target);
      // Until draft 7, an `$id` with only a fragment is an anchor.
      const oldAnchor = typeof $id === "string" && $id.startsWith("#") ? $id.slice(1) : undefined;
      for (const anchor of [$anchor, $dynamicAnchor, oldAnchor]) {
        if (typeof anchor === "string") this.#targets.set(`${base}#${anchor}`, target);
      }
    }
    for (const [step, child] of Object.entries(schema)) {
      // Values are not schemas.
      if (step === "const" || step === "enum" || step === "default" || step === "examples") continue;
      this.#index(child, { path: `${path}/${escapeStep(step)}`, base }, depth + 1);
    }
  }
}

function follow(pointer: string, resource: Target): Target | undefined {
  let { schema, path, base } = resource;
  for (const step of pointer.slice(1).split("/")) {
    const name = decode(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof schema !== "object" || schema === null || !Object.hasOwn(schema, name)) return undefined;
    schema = (schema as JsonObject)[name] ?? null;
    path = `${path}/${escapeStep(name)}`;
    if (isJsonObject(schema)) base = baseOf(schema, base);
  }
  return { schema, path, base };
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function resolveUri(reference: string, base: string): string | undefined {
  if (reference.startsWith("#")) return `${base}${reference}`;
  try {
    return new URL(reference, base).href;
  } catch {
    return undefined;
  }
}
