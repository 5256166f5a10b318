import { isJsonObject, type JsonValue } from "axio";
import { isTooDeep } from "axio/internal";
import { parseJson } from "../json-members.ts";

/** The arguments of a call. */
export interface CallArguments {
  /** The value; `null` if the text is not JSON. */
  readonly input: JsonValue;
  /** The text, if the value does not give it back. */
  readonly inputText: string | undefined;
  readonly isObject: boolean;
}

/**
 * Reads the text of a call's arguments. No text is an empty object. A proxy may put a default of `{}` before the arguments:
 * then the second object counts.
 */
export function readArguments(text: string): CallArguments {
  if (text.trim() === "") return { input: {}, inputText: undefined, isObject: true };
  // The run answers it with an error result; most uses of a deep value would overflow the stack.
  if (isTooDeep(text)) return { input: null, inputText: text, isObject: false };
  const glued = /^\s*\{\s*\}\s*(?=\{)/.exec(text);
  const rest = glued === null ? "" : text.slice(glued[0].length);
  if (isJsonObject(parseJson(rest))) return readArguments(rest);
  const value = parseJson(text);
  if (value === undefined) return { input: null, inputText: text, isObject: false };
  return {
    input: value,
    inputText: JSON.stringify(value) === text ? undefined : text,
    isObject: isJsonObject(value),
  };
}
