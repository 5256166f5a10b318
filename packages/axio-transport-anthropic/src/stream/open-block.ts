import { isJsonObject, type JsonObject, type JsonValue, type Source, type ToolUseBlock } from "axio";
import { isTooDeep } from "axio/internal";
import { toProviderData, type WireBlock } from "../provider-data.ts";

/** A block whose events are still coming. */
export interface OpenBlock {
  /** The block as it began. */
  readonly start: WireBlock;
  /** The type of `start`. */
  readonly type: string;
  /** The index of our block, once an event named it. */
  index: number | undefined;
  /** The text of `text_delta`, `thinking_delta` or `input_json_delta`. */
  text: string;
  signature: string;
  readonly citations: JsonObject[];
  /** Members that other deltas set. */
  members: JsonObject;
}

/** Opens a block. */
export function openBlock(start: WireBlock): OpenBlock {
  const { type } = start;
  const own = type === "text" ? start["text"] : type === "thinking" ? start["thinking"] : "";
  return {
    start,
    type,
    index: undefined,
    text: typeof own === "string" ? own : "",
    signature: typeof start["signature"] === "string" ? start["signature"] : "",
    citations: Array.isArray(start["citations"]) ? start["citations"].filter(isJsonObject) : [],
    members: {},
  };
}

/** Adds a delta of an unknown type: text is appended, and everything else replaced. */
export function addMembers(block: OpenBlock, { type: _, ...delta }: JsonObject): void {
  const members: Record<string, JsonValue> = { ...block.members };
  for (const [name, value] of Object.entries(delta)) {
    const before = members[name] ?? block.start[name];
    members[name] = typeof before === "string" && typeof value === "string" ? before + value : value;
  }
  block.members = members;
}

/** The whole block as the provider sent it. */
export function wholeBlock({ start, members, text }: OpenBlock): WireBlock {
  const input = "input" in start ? { input: readInput(text, start["input"]).input ?? {} } : {};
  return { ...start, ...input, ...members };
}

/** The input of a tool call. */
export interface ToolInput {
  /** `null` if the text is not JSON. */
  readonly input: JsonValue;
  readonly inputText?: string | undefined;
}

/** Reads the input of a call. Some proxies send it whole at the start, where the API has `{}`. */
export function readInput(text: string, start: JsonValue | undefined): ToolInput {
  if (text.trim() === "") return { input: isJsonObject(start) ? start : {} };
  // The run answers it with an error result; most uses of a deep value would overflow the stack.
  if (isTooDeep(text)) return { input: null, inputText: text };
  let input: JsonValue;
  try {
    input = JSON.parse(text) as JsonValue;
  } catch {
    return { input: null, inputText: text };
  }
  return JSON.stringify(input) === text ? { input } : { input, inputText: text };
}

const TOOL_USE_MEMBERS: readonly string[] = ["type", "id", "name", "input"];

/** The block of a tool call. */
export function toolUseBlock(block: OpenBlock, id: string, name: string): ToolUseBlock {
  const others = Object.entries({ ...block.start, ...block.members }).filter(
    ([member, value]) => !TOOL_USE_MEMBERS.includes(member) && value !== null,
  );
  return {
    type: "tool-use",
    id,
    name,
    ...readInput(block.text, block.start["input"]),
    ...(others.length === 0 ? {} : { providerData: toProviderData({ members: Object.fromEntries(others) }) }),
  };
}

/** The pages that citations name, each once. */
export function sourcesOf(citations: readonly JsonObject[]): readonly Source[] {
  const sources = new Map<string, Source>();
  for (const { url, title } of citations) {
    if (typeof url !== "string" || url === "" || sources.has(url)) continue;
    sources.set(url, typeof title === "string" && title !== "" ? { url, title } : { url });
  }
  return [...sources.values()];
}
