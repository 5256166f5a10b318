import { isJsonObject, type JsonValue, parsePartialJson } from "axio";
import type { ToolEntry } from "./entries.ts";

/** Members that say the most of a call, first. */
const TELLING = ["command", "path", "file", "file_path", "query", "pattern", "url", "name"];
/** What is read of arguments that are still being written, in characters. */
const LONGEST_INPUT = 20_000;

/** The arguments of a call in a few words, as far as they came. */
export function toolArguments(entry: ToolEntry): string {
  const input = entry.input ?? parsePartialJson(entry.inputText.slice(0, LONGEST_INPUT));
  if (input === undefined || input === null) return entry.input === undefined ? "" : entry.inputText;
  return isJsonObject(input) ? describeMembers(input) : shortValue(input);
}

/** The arguments of a call, whole, for reading. */
export function fullArguments(entry: ToolEntry): string {
  if (entry.input === undefined || entry.input === null) return entry.inputText;
  return JSON.stringify(entry.input, undefined, 2);
}

function describeMembers(input: { readonly [member: string]: JsonValue }): string {
  const members = Object.entries(input).filter(([, value]) => value !== null && value !== "");
  const telling = members.find(([name]) => TELLING.includes(name));
  const rest = members.filter((member) => member !== telling);
  const parts = rest.map(([name, value]) => `${name}=${shortValue(value)}`);
  if (telling === undefined) return parts.join(" ");
  const [, value] = telling;
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
