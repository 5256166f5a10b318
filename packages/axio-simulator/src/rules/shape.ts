import { isObject, type JsonObject } from "../json.ts";
import { platformRefusal, type Refusal } from "./refusal.ts";

/** Checks one value of a body. `path` is its place, such as `input[2].name`. */
export type Check = (value: unknown, path: string) => Refusal | undefined;

/** Limits of a string. */
interface StringLimits {
  /** In UTF-16 code units. Default: 0. */
  readonly min?: number;
  /** In UTF-16 code units. Default: no limit of its own. */
  readonly max?: number;
  readonly pattern?: RegExp;
}

/** A string. */
export function string({ min = 0, max = Number.POSITIVE_INFINITY, pattern }: StringLimits = {}): Check {
  return (value, path) => {
    if (typeof value !== "string") return invalidType(value, path, "a string");
    if (value.length < min) {
      return platformRefusal(
        `Invalid '${path}': empty string. Expected a string with minimum length ${min}, but got an empty string instead.`,
        path,
        "empty_string",
      );
    }
    if (value.length > max) return tooLong(path, max, value.length);
    return pattern === undefined || pattern.test(value)
      ? undefined
      : platformRefusal(
          `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '${pattern.source}'.`,
          path,
          "invalid_value",
        );
  };
}

export function tooLong(path: string, max: number, length: number): Refusal {
  return platformRefusal(
    `Invalid '${path}': string too long. Expected a string with maximum length ${max}, but got a string with length ${length} instead.`,
    path,
    "string_above_max_length",
  );
}

/** One of some strings. */
export function oneOf(values: readonly string[]): Check {
  return (value, path) => {
    if (typeof value !== "string") return invalidType(value, path, `one of ${list(values, "or")}`);
    return values.includes(value) ? undefined : invalidValue(value, path, values);
  };
}

export function boolean(value: unknown, path: string): Refusal | undefined {
  return typeof value === "boolean" ? undefined : invalidType(value, path, "a boolean");
}

export function anyObject(value: unknown, path: string): Refusal | undefined {
  return isObject(value) ? undefined : invalidType(value, path, "an object");
}

/** Any value. */
export function anything(): undefined {
  return undefined;
}

/** An array of values that pass a check. */
export function arrayOf(check: Check, { min = 0, max = Number.POSITIVE_INFINITY } = {}): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return invalidType(value, path, "an array");
    if (value.length < min) return emptyArray(path);
    if (value.length > max) {
      return platformRefusal(
        `Invalid '${path}': array too long. Expected an array with maximum length ${max}, but got an array with length ${value.length} instead.`,
        path,
        "array_above_max_length",
      );
    }
    return first(value, (element, index) => check(element, `${path}[${index}]`));
  };
}

export function emptyArray(path: string): Refusal {
  return platformRefusal(
    `Invalid '${path}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    path,
    "empty_array",
  );
}

/** `null`, or a value that passes a check. */
export function nullable(check: Check): Check {
  return (value, path) => (value === null ? undefined : check(value, path));
}

/** The members of an object and their checks. Any other member is refused. */
export function shape(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const checks = new Map(Object.entries({ ...required, ...optional }));
  return (value, path) => {
    if (!isObject(value)) return invalidType(value, path, "an object");
    const missing = Object.keys(required).find((name) => value[name] === undefined);
    if (missing !== undefined) return missingParameter(`${path}.${missing}`);
    return first(membersOf(value), ([name, member]) => {
      const check = checks.get(name);
      return check === undefined ? unknownParameter(`${path}.${name}`) : check(member, `${path}.${name}`);
    });
  };
}

/** The members that JSON has: those that are not `undefined`. */
export function membersOf(value: JsonObject): [name: string, member: unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}

export function missingParameter(path: string): Refusal {
  return platformRefusal(`Missing required parameter: '${path}'.`, path, "missing_required_parameter");
}

export function unknownParameter(path: string): Refusal {
  return platformRefusal(`Unknown parameter: '${path}'.`, path, "unknown_parameter");
}

export function invalidType(value: unknown, path: string, expected: string): Refusal {
  return platformRefusal(
    `Invalid type for '${path}': expected ${expected}, but got ${typeName(value)} instead.`,
    path,
    "invalid_type",
  );
}

export function invalidValue(value: unknown, path: string, supported: readonly string[]): Refusal {
  return platformRefusal(
    `Invalid value: '${String(value)}'. Supported values are: ${list(supported, "and")}.`,
    path,
    "invalid_value",
  );
}

/** The first refusal that a check of the elements returns. */
export function first<Element>(
  elements: readonly Element[],
  check: (element: Element, index: number) => Refusal | undefined,
): Refusal | undefined {
  for (const [index, element] of elements.entries()) {
    const refusal = check(element, index);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "object":
      return "an object";
    case "number":
      return Number.isInteger(value) ? "an integer" : "a decimal";
    default:
      return `a ${typeof value}`;
  }
}

/** `'a', 'b', and 'c'`. */
export function list(values: readonly string[], conjunction: "and" | "or"): string {
  const quoted = values.map((value) => `'${value}'`);
  if (quoted.length < 3) return quoted.join(` ${conjunction} `);
  return `${quoted.slice(0, -1).join(", ")}, ${conjunction} ${quoted.at(-1)}`;
}
