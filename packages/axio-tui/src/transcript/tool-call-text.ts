import { isJsonObject, type JsonValue, parsePartialJson } from "axio";
import type { ToolEntry } from "./entries.ts";

/** Properties that are shown first, without their names. */
const MAIN_PROPERTIES = ["command", "path", "file", "file_path", "query", "pattern", "url", "name"];
/** A longer property is not shown next to the main one, in characters. */
const LONGEST_DETAIL = 40;
/** How much of an unfinished input is read, in characters. */
const LONGEST_INPUT = 20_000;

/** Describes the input of a call on one line, as far as it is known. */
export function shortInput(entry: ToolEntry): string {
  const input = entry.input ?? parsePartialJson(entry.inputText.slice(0, LONGEST_INPUT));
  if (input === undefined || input === null) return entry.input === undefined ? "" : entry.inputText;
  return isJsonObject(input) ? describeProperties(input) : shortValue(input);
}

/** The full input of a call, a property per line. */
export function fullInput({ input, inputText }: ToolEntry): string {
  if (input === undefined || input === null) return inputText;
  if (!isJsonObject(input)) return typeof input === "string" ? input : JSON.stringify(input, undefined, 2);
  return Object.entries(input)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
      return text.includes("\n") ? `${name}:\n${text.replace(/^/gm, "  ")}` : `${name}: ${text}`;
    })
    .join("\n");
}

function describeProperties(input: { readonly [property: string]: JsonValue }): string {
  const properties = Object.entries(input).filter(([, value]) => value !== null && value !== "");
  const main = MAIN_PROPERTIES.flatMap((name) => properties.filter((property) => property[0] === name))[0];
  const rest = properties.filter((property) => property !== main);
  if (main === undefined) return rest.map(([name, value]) => `${name}=${shortValue(value)}`).join(" ");
  const [, value] = main;
  // The content of a file, or a list of edits, says less than the path.
  const parts = rest
    .filter(([, other]) => isShort(other))
    .map(([name, other]) => `${name}=${shortValue(other)}`);
  return [typeof value === "string" ? value : shortValue(value), ...parts].join(" ");
}

function isShort(value: JsonValue): boolean {
  if (typeof value === "string") return value.length <= LONGEST_DETAIL && !value.includes("\n");
  return typeof value === "number" || typeof value === "boolean";
}

function shortValue(value: JsonValue): string {
  if (typeof value === "string") {
    const text = value.length > 60 ? `${value.slice(0, 60)}…` : value;
    return /^[\w./@:-]+$/.test(text) ? text : JSON.stringify(text);
  }
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
