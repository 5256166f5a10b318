import type { JsonObject, JsonValue } from "axio";
import { firstText, readObjects, readText } from "../json-members.ts";

/** The reasoning in one delta. */
export interface ReasoningDelta {
  readonly text: string;
  /** Pieces of `reasoning_details`. */
  readonly details: readonly JsonObject[];
  /** Pieces of `thinking_blocks`. */
  readonly thinkingBlocks: readonly JsonObject[];
}

/** Reads the reasoning of a delta. Members that hold text say the same: the first of `fields` counts. */
export function readReasoning(delta: JsonObject, fields: readonly string[]): ReasoningDelta | undefined {
  const text = fields.map((field) => textOf(delta[field])).find((value) => value !== "") ?? "";
  const details = readObjects(delta["reasoning_details"]);
  const thinkingBlocks = readObjects(delta["thinking_blocks"]);
  if (text === "" && details.length === 0 && thinkingBlocks.length === 0) return undefined;
  return { text, details, thinkingBlocks };
}

/**
 * Adds a streamed piece to the items of one response. Pieces of one item have one `index`, or else one `id`, or else follow
 * each other with one type until a signature closes the item.
 */
export function addPiece(items: JsonObject[], piece: JsonObject): void {
  const position = findItem(items, piece);
  const item = items[position];
  if (item === undefined) items.push(merge({}, piece));
  else items[position] = merge(item, piece);
}

/** Whether one of the items goes on with this piece. */
export function hasItem(items: readonly JsonObject[], piece: JsonObject): boolean {
  return findItem(items, piece) >= 0;
}

function findItem(items: readonly JsonObject[], piece: JsonObject): number {
  const { type, index, id } = piece;
  if (typeof index === "number")
    return items.findLastIndex((item) => item["type"] === type && item["index"] === index);
  if (readText(id) !== undefined)
    return items.findLastIndex((item) => item["type"] === type && item["id"] === id);
  const last = items.at(-1);
  const isClosed = readText(last?.["signature"]) !== undefined && textOf(piece) !== "";
  return last !== undefined && last["type"] === type && !isClosed ? items.length - 1 : -1;
}

const TEXT_MEMBERS: readonly string[] = ["text", "summary", "thinking"];

/** Texts are joined. Of other members the last value counts that is not empty. */
function merge(item: JsonObject, piece: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...item };
  for (const [name, value] of Object.entries(piece)) {
    const before = merged[name];
    if (TEXT_MEMBERS.includes(name) && typeof value === "string" && typeof before === "string")
      merged[name] = before + value;
    else if (TEXT_MEMBERS.includes(name) || !((value === null || value === "") && before !== undefined))
      merged[name] = value;
  }
  // Servers send an empty signature before the real one.
  if (merged["signature"] === "") delete merged["signature"];
  return merged;
}

/** The text of a member of a delta, or of one piece. */
function textOf(value: JsonValue | undefined): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (!Array.isArray(value))
    return firstText(...TEXT_MEMBERS.map((name) => (value as JsonObject)[name])) ?? "";
  return value.map(textOf).join("");
}
