import type { JsonValue } from "axio";

const LONE_SURROGATES = /\p{Surrogate}/gu;

/** The value with each lone surrogate replaced: servers refuse text that is not well-formed UTF-16. */
export function toWellFormed<Value>(value: Value): Value {
  return replaceIn(value as JsonValue) as Value;
}

function replaceIn(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.replace(LONE_SURROGATES, "\ufffd");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(replaceIn);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [replaceIn(name), replaceIn(member)]),
  );
}
