import { isJsonObject, type JsonObject, type JsonValue } from "axio";

/** The value, if it is text that is not empty. */
export function readText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The first of the values that is text and not empty. */
export function firstText(...values: readonly unknown[]): string | undefined {
  return values.map(readText).find((text) => text !== undefined);
}

/** The value, if it is a finite number. */
export function readNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The value, if it is an object. */
export function readObject(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

/** The objects in a value, if it is an array. */
export function readObjects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Merges one JSON object over another, object members into each other. Everything else is replaced. */
export function mergeJson(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonObject[string]> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const before = merged[name];
    merged[name] = isJsonObject(before) && isJsonObject(value) ? mergeJson(before, value) : value;
  }
  return merged;
}

/** The value of a JSON text, or `undefined` if it is not JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
