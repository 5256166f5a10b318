import { isJsonObject, type JsonValue, parsePartialJson } from "axio";
import type { ToolEntry } from "./entries.ts";

/** Properties that are shown first, without their names. */
const MAIN_PROPERTIES = ["command", "path", "file", "file_path", "query", "pattern", "url", "name"];
/** How much of an unfinished input is read, in characters. */
const LONGEST_INPUT = 20_000;

/** Describes the input of a call on one line, as far as it is known. */
export function shortInput(entry: ToolEntry): string {
  const input = entry.input ?? parsePartialJson(entry.inputText.slice(0, LONGEST_INPUT));
  if (input === undefined || input === null) return entry.input === undefined ? "" : entry.inputText;
  return isJsonObject(input) ? describeProperties(input) : shortValue(input);
}

/** The full input of a call, indented. */
export function fullInput(entry: ToolEntry): string {
  if (entry.input === undefined || entry.input === null) return entry.inputText;
  return JSON.stringify(entry.input, undefined, 2);
}

function describeProperties(input: { readonly [property: string]: JsonValue }): string {
  const properties = Object.entries(input).filter(([, value]) => value !== null && value !== "");
  const main = properties.find(([name]) => MAIN_PROPERTIES.includes(name));
  const rest = properties.filter((property) => property !== main);
  const parts = rest.map(([name, value]) => `${name}=${shortValue(value)}`);
  if (main === undefined) return parts.join(" ");
  const [, value] = main;
  return [typeof value === "string" ? value : shortValue(value), ...parts].join(" ");
}

function shortValue(value: JsonValue): string {
  if (typeof value === "string") {
    const text = value.length > 60 ? `${value.slice(0, 60)}…` : value;
    return /^[\w./@:-]+$/.test(text) ? text : JSON.stringify(text);
  }
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
