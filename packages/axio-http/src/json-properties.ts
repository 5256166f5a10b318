import { isJsonObject, type JsonObject } from "axio";

/** Returns a property that is a non-empty string; otherwise `undefined`. */
export function readString(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Returns a property that is a finite number; otherwise `undefined`. */
export function readNumber(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Returns a property that is an object; otherwise an empty object. */
export function readObject(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

/** Returns an object with one property, or an empty one if the value is `undefined`: for objects that are spread. */
export function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]: Value });
}
