import { isObject, type JsonObject } from "../json.ts";
import { schemaPlace, walkSchema } from "./schema-walk.ts";

/** The keywords of the documented subset ("Structured model outputs", supported schemas). */
const KEYWORDS: ReadonlySet<string> = new Set([
  "$schema",
  "$defs",
  "definitions",
  "$ref",
  "title",
  "description",
  "type",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "anyOf",
  "enum",
  "const",
  "pattern",
  "format",
  "multipleOf",
  "minimum",
  "exclusiveMinimum",
  "maximum",
  "exclusiveMaximum",
  "minItems",
  "maxItems",
]);

const FORMATS = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

const MAX_LEVELS = 10;
const MAX_PROPERTIES = 5000;
const MAX_ENUM_VALUES = 1000;
/** The total of property names, definition names, enum values and const values, in UTF-16 code units. */
const MAX_NAME_LENGTH = 120_000;
/** An enum with more values than this has a limit for their total length, in UTF-16 code units. */
const LARGE_ENUM_VALUES = 250;
const MAX_LARGE_ENUM_LENGTH = 15_000;

/** The rules for one node of a strict schema. */
export function strictProblem(schema: JsonObject, context: readonly string[]): string | undefined {
  const place = schemaPlace(context);
  if (schema["$ref"] !== undefined) {
    const beside = Object.keys(schema).filter((keyword) => keyword !== "$ref");
    return beside.length === 0
      ? undefined
      : `${place}, $ref cannot have keywords {${beside.map((keyword) => `'${keyword}'`).join(", ")}}.`;
  }
  const unsupported = Object.keys(schema).find((keyword) => !KEYWORDS.has(keyword));
  if (unsupported !== undefined) return `${place}, '${unsupported}' is not permitted.`;
  if (schema["type"] === undefined && schema["anyOf"] === undefined) {
    return `${place}, schema must have a 'type' key.`;
  }
  return objectProblem(schema, place) ?? textProblem(schema, place) ?? enumProblem(schema, place);
}

function objectProblem(schema: JsonObject, place: string): string | undefined {
  const { properties } = schema;
  if (![schema["type"]].flat().includes("object") && properties === undefined) return undefined;
  if (schema["additionalProperties"] !== false) {
    return `${place}, 'additionalProperties' is required to be supplied and to be false.`;
  }
  const names = isObject(properties) ? Object.keys(properties) : [];
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const rule = `${place}, 'required' is required to be supplied and to be an array including every key in properties.`;
  const missing = names.find((name) => !required.includes(name));
  if (missing !== undefined) return `${rule} Missing '${missing}'.`;
  const extra = required.find((name) => !names.includes(String(name)));
  return extra === undefined ? undefined : `${rule} Extra required key '${String(extra)}' supplied.`;
}

function textProblem(schema: JsonObject, place: string): string | undefined {
  const { format, pattern } = schema;
  if (format !== undefined && !FORMATS.includes(String(format))) {
    return `${place}, '${String(format)}' is not a valid format.`;
  }
  return typeof pattern === "string" && /\(\?<?[=!]/.test(pattern)
    ? `${place}, 'pattern' uses look-around, including look-ahead and look-behind, which is not supported.`
    : undefined;
}

function enumProblem(schema: JsonObject, place: string): string | undefined {
  const values = schema["enum"];
  if (!Array.isArray(values) || values.length <= LARGE_ENUM_VALUES) return undefined;
  const length = values.reduce((sum: number, value: unknown) => sum + String(value).length, 0);
  return length <= MAX_LARGE_ENUM_LENGTH
    ? undefined
    : `${place}, the total length of the values of an enum with more than ${LARGE_ENUM_VALUES} values must be at most ${MAX_LARGE_ENUM_LENGTH} characters, but got ${length} instead.`;
}

/** The limits for a strict schema as a whole. */
export function strictLimitProblem(schema: JsonObject): string | undefined {
  let [properties, enumValues, nameLength, levels] = [0, 0, 0, 0];
  walkSchema(schema, (node, context): undefined => {
    const names = ["properties", "$defs", "definitions"].flatMap((keyword) =>
      isObject(node[keyword]) ? Object.keys(node[keyword]) : [],
    );
    const values: readonly unknown[] = Array.isArray(node["enum"]) ? node["enum"] : [];
    const constant = node["const"] === undefined ? [] : [node["const"]];
    if (isObject(node["properties"])) properties += Object.keys(node["properties"]).length;
    enumValues += values.length;
    for (const text of [...names, ...values, ...constant]) nameLength += String(text).length;
    if (isObject(node["properties"]) || node["items"] !== undefined) {
      levels = Math.max(levels, 1 + depthOf(context));
    }
  });
  if (levels > MAX_LEVELS) return `${levels} levels of nesting exceeds limit of ${MAX_LEVELS}.`;
  if (properties > MAX_PROPERTIES) {
    return `Expected at most ${MAX_PROPERTIES} object properties in total within a schema when using structured outputs, but got ${properties} object properties instead.`;
  }
  if (enumValues > MAX_ENUM_VALUES) {
    return `Expected at most ${MAX_ENUM_VALUES} enum values in total within a schema when using structured outputs, but got ${enumValues} enum values instead.`;
  }
  return nameLength > MAX_NAME_LENGTH
    ? `Expected at most ${MAX_NAME_LENGTH} characters in total for property names, definition names, enum values, and const values within a schema when using structured outputs, but got ${nameLength} characters instead.`
    : undefined;
}

/** How many objects and arrays hold a node. */
function depthOf(context: readonly string[]): number {
  const [step, ...rest] = context;
  if (step === undefined) return 0;
  return (
    (step === "items" || step === "properties" ? 1 : 0) + depthOf(step === "items" ? rest : rest.slice(1))
  );
}
