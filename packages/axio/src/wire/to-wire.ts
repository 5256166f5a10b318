import type { JsonValue } from "../json.ts";

/**
 * The value as it goes out: without members that are `undefined`, and with each lone surrogate replaced, since servers refuse
 * text that is not well-formed UTF-16.
 */
export function toWire<Value>(value: Value): Value {
  return convert(value as JsonValue) as Value;
}

function convert(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(convert);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [convert(name), convert(member)]));
}
