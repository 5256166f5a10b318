import { isJsonObject, type JsonObject } from "axio";

/** The JSON object that a text is; `undefined` where it is anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
