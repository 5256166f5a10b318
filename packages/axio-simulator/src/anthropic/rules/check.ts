import { isObject, type JsonObject, stringMember } from "../../json.ts";
import { membersOf } from "../../rules/shape.ts";

/** Checks one value of a body. Returns the message of the service, or `undefined`. `path` is `messages.0.content`. */
export type Check = (value: unknown, path: string) => string | undefined;

/** Checks by member name. */
export type Checks = Readonly<Record<string, Check>>;

/** A string. */
export function text({ min = 0, max = Number.POSITIVE_INFINITY, pattern }: TextLimits = {}): Check {
  return (value, path) => {
    if (typeof value !== "string") return `${path}: Input should be a valid string`;
    if (value.length < min)
      return `${path}: String should have at least ${min} character${min === 1 ? "" : "s"}`;
    if (value.length > max) return `${path}: String should have at most ${max} characters`;
    return pattern === undefined || pattern.test(value)
      ? undefined
      : `${path}: String should match pattern '${pattern.source}'`;
  };
}

interface TextLimits {
  /** In UTF-16 code units. Default: 0. */
  readonly min?: number;
  /** In UTF-16 code units. Default: no limit. */
  readonly max?: number;
  readonly pattern?: RegExp;
}

/** A number between two limits. */
export function number(min: number, max = Number.POSITIVE_INFINITY, whole = false): Check {
  return (value, path) => {
    if (typeof value !== "number") return `${path}: Input should be a valid ${whole ? "integer" : "number"}`;
    if (whole && !Number.isInteger(value)) return `${path}: Input should be a valid integer`;
    if (value < min) return `${path}: Input should be greater than or equal to ${min}`;
    return value > max ? `${path}: Input should be less than or equal to ${max}` : undefined;
  };
}

export function boolean(value: unknown, path: string): string | undefined {
  return typeof value === "boolean" ? undefined : `${path}: Input should be a valid boolean`;
}

export function anyObject(value: unknown, path: string): string | undefined {
  return isObject(value) ? undefined : `${path}: Input should be a valid dictionary`;
}

/** Any value. */
export function anything(): undefined {
  return undefined;
}

/** One of some strings. */
export function oneOf(...values: readonly string[]): Check {
  const listed = values.map((value) => `'${value}'`).join(" or ");
  return (value, path) =>
    values.includes(String(value)) && typeof value === "string"
      ? undefined
      : `${path}: Input should be ${listed}`;
}

/** `null`, or a value that passes a check. */
export function nullable(check: Check): Check {
  return (value, path) => (value === null ? undefined : check(value, path));
}

/** A list of values that pass a check. */
export function listOf(check: Check, max = Number.POSITIVE_INFINITY): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path}: Input should be a valid list`;
    if (value.length > max)
      return `${path}: List should have at most ${max} items after validation, not ${value.length}`;
    return first(value, (element, index) => check(element, `${path}.${index}`));
  };
}

/** A string, or a list of values that pass a check. */
export function textOr(list: Check, limits: TextLimits = {}): Check {
  return (value, path) => (typeof value === "string" ? text(limits)(value, path) : list(value, path));
}

/** The members of an object. Any other member is refused. */
export function shape(required: Checks, optional: Checks = {}): Check {
  const checks = new Map(Object.entries({ ...required, ...optional }));
  return (value, path) => {
    if (!isObject(value)) return `${path}: Input should be a valid dictionary`;
    const missing = Object.keys(required).find((name) => value[name] === undefined);
    if (missing !== undefined) return `${joined(path, missing)}: Field required`;
    return first(membersOf(value), ([name, member]) => {
      const check = checks.get(name);
      return check === undefined
        ? `${joined(path, name)}: Extra inputs are not permitted`
        : check(member, joined(path, name));
    });
  };
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** An object whose `type` names the check of its other members. The type is part of the path, as in the service. */
export function tagged(checks: Checks, fallback?: string): Check {
  return (value, path) => {
    if (!isObject(value))
      return `${path}: Input should be a valid dictionary or object to extract fields from`;
    const type = stringMember(value, "type") ?? (value["type"] === undefined ? fallback : undefined);
    if (type === undefined) return `${path}: Unable to extract tag using discriminator 'type'`;
    const check = Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (check === undefined) {
      const expected = Object.keys(checks).map((name) => `'${name}'`);
      return `${path}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${expected.join(", ")}`;
    }
    const { type: _type, ...members } = value;
    return check(members, `${path}.${type}`);
  };
}

/** The first message that a check of the elements returns. */
export function first<Element>(
  elements: readonly Element[],
  check: (element: Element, index: number) => string | undefined,
): string | undefined {
  for (const [index, element] of elements.entries()) {
    const message = check(element, index);
    if (message !== undefined) return message;
  }
  return undefined;
}

/** The elements of a member that are objects. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
