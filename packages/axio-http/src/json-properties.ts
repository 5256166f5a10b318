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
