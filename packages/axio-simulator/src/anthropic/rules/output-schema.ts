import type { JsonObject } from "../../json.ts";
import { isUnknownReference, walkSchema } from "../../rules/schema-walk.ts";

/** The keywords that structured output supports. */
const KEYWORDS: ReadonlySet<string> = new Set([
  "$schema",
  "$defs",
  "definitions",
  "$ref",
  "title",
  "description",
  "default",
  "type",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "anyOf",
  "allOf",
  "enum",
  "const",
  "pattern",
  "format",
  "minItems",
]);

const FORMATS = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/** Why structured output does not support a schema. `undefined` if it does. */
export function outputSchemaProblem(schema: JsonObject, path: string): string | undefined {
  return walkSchema(schema, (node, context) => {
    const place = [path, ...context].join(".");
    const unsupported = Object.keys(node).find((keyword) => !KEYWORDS.has(keyword));
    if (unsupported !== undefined)
      return `${place}: For '${String(node["type"])}' type, property '${unsupported}' is not supported`;
    if (isUnknownReference(node["$ref"], schema))
      return `${place}: reference ${String(node["$ref"])} cannot be resolved`;
    const isObjectType = [node["type"]].flat().includes("object") || node["properties"] !== undefined;
    if (isObjectType && node["additionalProperties"] !== false) {
      return `${place}: For 'object' type, 'additionalProperties' must be explicitly set to false`;
    }
    if (typeof node["minItems"] === "number" && node["minItems"] > 1) {
      return `${place}: For 'array' type, 'minItems' values other than 0 or 1 are not supported`;
    }
    const format = node["format"];
    return format !== undefined && !FORMATS.includes(String(format))
      ? `${place}: String format '${String(format)}' is not supported`
      : undefined;
  });
}
