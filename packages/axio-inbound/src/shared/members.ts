import { AxioError, isJsonObject, type JsonObject, type JsonValue } from "axio";

/** Returns the value if it is a string. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Returns the objects of a list. Other elements are left out, as are other values than lists. */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The error of a request that cannot be served. `parameter` is the path of the member that is to blame. */
export function badRequest(message: string, parameter?: string): AxioError {
  return new AxioError("invalid-request", message, { details: { status: 400, parameter } });
}

/**
 * Returns a member that may be a string. `null` stands for a missing one.
 *
 * @throws AxioError `invalid-request` for any other value.
 */
export function optionalText(object: JsonObject, member: string, path: string = member): string | undefined {
  const value = object[member] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw badRequest(`Invalid "${path}": a string is expected.`, path);
}

/**
 * Returns a member that may be an object. `null` stands for a missing one.
 *
 * @throws AxioError `invalid-request` for any other value.
 */
export function optionalObject(
  object: JsonObject,
  member: string,
  path: string = member,
): JsonObject | undefined {
  const value = object[member] ?? undefined;
  if (value === undefined || isJsonObject(value)) return value;
  throw badRequest(`Invalid "${path}": an object is expected.`, path);
}

/**
 * Returns a member that may be `true` or `false`. `null` stands for a missing one.
 *
 * @throws AxioError `invalid-request` for any other value, such as `"true"`.
 */
export function optionalFlag(object: JsonObject, member: string): boolean | undefined {
  const value = object[member] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw badRequest(`Invalid "${member}": true or false is expected.`, member);
}

/**
 * Returns a member that must be a string.
 *
 * @throws AxioError `invalid-request`.
 */
export function requiredText(object: JsonObject, member: string, path: string): string {
  const text = textOf(object[member]);
  if (text === undefined) throw badRequest(`Missing or invalid "${path}": a string is expected.`, path);
  return text;
}

/**
 * Returns a member that must be a list of objects.
 *
 * @throws AxioError `invalid-request`.
 */
export function requiredObjects(value: JsonValue | undefined, path: string): readonly JsonObject[] {
  if (!Array.isArray(value) || !value.every(isJsonObject))
    throw badRequest(`Missing or invalid "${path}": a list of objects is expected.`, path);
  return value;
}
