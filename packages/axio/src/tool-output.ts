import type { ToolResultBlock, ToolResultContent } from "./blocks.ts";
import { cutText, utf8Length } from "./cut-text.ts";
import { errorText } from "./error-text.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import { blockProblem } from "./message-json.ts";

/** The default of `maxResultBytes`, about 25,000 tokens. */
export const DEFAULT_MAX_RESULT_BYTES = 100_000;

/** The deepest nesting of values in a result. */
const MAX_DEPTH = 100;

/** The part of a result block that a value becomes. */
export type ToolOutcome = Pick<ToolResultBlock, "content" | "isError">;

/**
 * Converts what a tool returned. Every value has an outcome, and none throws: `docs/tools.md` lists them.
 *
 * @param maxBytes The largest text. More is cut out of its middle.
 */
export function toolOutcome(value: unknown, maxBytes: number): ToolOutcome {
  try {
    return limit(convert(value), maxBytes);
  } catch (error) {
    return failedOutcome(`The tool's result could not be converted to JSON: ${errorText(error)}`, maxBytes);
  }
}

/** An error result. */
export function failedOutcome(message: string, maxBytes: number = DEFAULT_MAX_RESULT_BYTES): ToolOutcome {
  return { content: cutText(message, maxBytes), isError: true };
}

function convert(value: unknown): ToolOutcome {
  if (typeof value === "string") return { content: value };
  if (value === undefined) return { content: "" };
  if (isError(value)) return { content: errorText(value), isError: true };
  const advice = adviceFor(value);
  if (advice !== undefined) return { content: `The tool returned ${advice}`, isError: true };
  const blocks = contentBlocks(value);
  if (blocks !== undefined) return blocks;
  const json = toJsonValue(value, []);
  if (value instanceof Date || typeof json === "string") return { content: String(json) };
  return { content: JSON.stringify(json) };
}

/** Returns what a value without a text is, and what to return instead. `undefined` for all others. */
function adviceFor(value: unknown): string | undefined {
  if (typeof value === "function") return "a function. Call it, and return its result.";
  if (typeof value === "symbol") return "a symbol. Return text.";
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const name = typeName(value);
  if (isBytes(value))
    return `bytes (${name}). Return text, or an image or file block with the data as base64.`;
  if (has(value, "arrayBuffer") && has(value, "text"))
    return `a ${name}. Return its text: await value.text().`;
  if (has(value, "getReader") || has(value, "pipe"))
    return `a stream (${name}). Read it to its end, and return its text.`;
  if (value instanceof Map || value instanceof Set || value instanceof String) return undefined;
  if (Symbol.asyncIterator in value || has(value, "next"))
    return `an iterator (${name}). Collect its values, and return them as a list.`;
  if (Symbol.iterator in value && !has(value, "toJSON") && !(value instanceof URLSearchParams))
    return `an iterable (${name}). Return a list: [...value].`;
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef)
    return `a ${name}, whose content cannot be read. Return text or an object.`;
  return undefined;
}

/** Returns a list of blocks as it is, or an error that names the invalid one. `undefined` for other values. */
function contentBlocks(value: unknown): ToolOutcome | undefined {
  if (isMedia(value) && blockProblem(value as JsonValue) === undefined)
    return { content: [value as ToolResultContent] };
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const parts: readonly unknown[] = value;
  const isList = parts.some(isMedia) || (parts.every(isTyped) && parts.some(isText));
  if (!isList) return undefined;
  for (const [position, part] of parts.entries()) {
    const problem = isTyped(part) ? blockProblem(part) : "is not a text, image or file block.";
    if (problem !== undefined) {
      return {
        content: `The tool returned a list of blocks that cannot be used: block ${position} ${problem}`,
        isError: true,
      };
    }
  }
  return { content: parts as readonly ToolResultContent[] };
}

function isTyped(part: unknown): part is JsonValue & { readonly type: string } {
  return isJsonObject(part) && ["text", "image", "file"].includes(String(part["type"]));
}

function isText(part: unknown): boolean {
  return isJsonObject(part) && part["type"] === "text" && typeof part["text"] === "string";
}

function isMedia(part: unknown): boolean {
  return (
    isJsonObject(part) &&
    (part["type"] === "image" || part["type"] === "file") &&
    isJsonObject(part["source"])
  );
}

/** Converts a value as `JSON.stringify` does, except for what that loses or rejects. */
function toJsonValue(value: unknown, parents: readonly object[]): JsonValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return String(value);
    case "object":
      return value === null ? null : objectValue(value, parents);
    default:
      return null;
  }
}

function objectValue(value: object, parents: readonly object[]): JsonValue {
  if (parents.includes(value)) return "[circular]";
  if (parents.length >= MAX_DEPTH) return "[too deep]";
  const inner = [...parents, value];
  const convertAll = (values: Iterable<unknown>): JsonValue[] =>
    Array.from(values, (item) => toJsonValue(item, inner));
  if (Array.isArray(value)) return convertAll(value);
  if (isError(value)) return errorText(value);
  if (isBytes(value)) return `[${value.byteLength ?? value.size} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp || value instanceof URLSearchParams) return String(value);
  if (value instanceof String || value instanceof Number || value instanceof Boolean)
    return toJsonValue(value.valueOf(), inner);
  if ("toJSON" in value && typeof value.toJSON === "function") return toJsonValue(value.toJSON(), inner);
  if (value instanceof Set) return convertAll(value);
  if (value instanceof Map) {
    const keys = [...value.keys()];
    if (!keys.every((key) => typeof key === "string")) return convertAll(value);
    return toObject(value, inner);
  }
  if (parents.length > 0 && adviceFor(value) !== undefined) return `[${typeName(value)}]`;
  if (value instanceof Promise) return "[Promise]";
  return toObject(Object.entries(value), inner);
}

function toObject(entries: Iterable<readonly [string, unknown]>, parents: readonly object[]): JsonValue {
  const members: [string, JsonValue][] = [];
  for (const [name, member] of entries) {
    // As in `JSON.stringify`.
    if (member === undefined || typeof member === "function" || typeof member === "symbol") continue;
    members.push([name, toJsonValue(member, parents)]);
  }
  return Object.fromEntries(members);
}

function isError(value: unknown): boolean {
  // Errors of another realm are no `Error`.
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function isBytes(value: object): value is { readonly byteLength?: number; readonly size?: number } {
  return (
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value) ||
    value instanceof Blob ||
    (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer)
  );
}

function has(value: object, method: string): boolean {
  return typeof (value as Readonly<Record<string, unknown>>)[method] === "function";
}

function typeName(value: object): string {
  const name: unknown = value.constructor?.name;
  // Bundlers number classes of the same name, such as the `Response` with which hono replaces Node's.
  if (typeof name === "string" && name !== "" && name !== "Object") return name.replace(/\$\d+$/, "");
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Bounds the text of an outcome. Images and files are not counted: the model does not read their bytes. */
function limit(outcome: ToolOutcome, maxBytes: number): ToolOutcome {
  const { content } = outcome;
  if (typeof content === "string") return { ...outcome, content: cutText(content, maxBytes) };
  let left = maxBytes;
  let omitted = 0;
  const parts: ToolResultContent[] = [];
  for (const part of content) {
    if (part.type !== "text") {
      parts.push(part);
    } else if (left > 0) {
      const text = cutText(part.text, left);
      left -= utf8Length(part.text);
      parts.push(text === part.text ? part : { ...part, text });
    } else {
      omitted += utf8Length(part.text);
    }
  }
  if (omitted > 0) parts.push({ type: "text", text: `[… ${omitted.toLocaleString("en")} bytes omitted …]` });
  return { ...outcome, content: parts };
}
