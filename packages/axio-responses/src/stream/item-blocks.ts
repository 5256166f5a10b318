import type { Block, ImageBlock, JsonObject, JsonValue, ToolUseBlock } from "axio";
import { providerDataOf } from "../provider-data.ts";
import { hostedToolBlock } from "./hosted-tools.ts";
import { phaseOf } from "./phase.ts";
import { sourcesOf } from "./sources.ts";
import { objectsOf, textOf } from "./wire-event.ts";

/** A block of an item, and the place of its part where the item is a message. */
export interface ItemBlock {
  readonly partIndex: number;
  readonly block: Block;
}

/** Between the paragraphs of a thought's summary. */
export const PARAGRAPH = "\n\n";

/**
 * The blocks that a finished item stands for.
 *
 * - A message: one block for each part. An empty one: none.
 * - A thought: one block; its text is its summary, or where it has none its plain text.
 * - A call of a function or a custom tool: one block; none if the item is marked `incomplete`, since half a call must not run.
 * - A picture: one block. A tool that the server ran, also one that made no picture: one `hosted-tool` block.
 * - Anything else: one `opaque` block that holds it whole; none if it has no type.
 */
export function blocksOf(item: JsonObject): readonly ItemBlock[] {
  switch (item["type"]) {
    case "message":
      return messageBlocks(item);
    case "reasoning":
      return [only({ type: "reasoning", text: reasoningText(item), providerData: providerDataOf({ item }) })];
    case "function_call":
    case "custom_tool_call":
      return item["status"] === "incomplete" ? [] : [only(callBlock(item))];
    case "image_generation_call":
      return [only(imageBlock(item) ?? ownOrOpaque("image_generation_call", item))];
    default:
      return typeof item["type"] === "string" ? [only(ownOrOpaque(item["type"], item))] : [];
  }
}

/** Tells whether an item is a call that its caller must answer. */
export function isToolCall(item: JsonObject): boolean {
  return item["type"] === "function_call" || item["type"] === "custom_tool_call";
}

/** The id that pairs a call with its answer. Where the server left it out: the item's id. */
export function callIdOf(item: JsonObject): string {
  return textOf(item["call_id"]) ?? textOf(item["id"]) ?? "";
}

/** A picture of this format, in base64. */
export function pictureOf(format: unknown, data: string): ImageBlock {
  const mediaType = `image/${typeof format === "string" ? format : "png"}`;
  return { type: "image", mediaType, source: { kind: "base64", data } };
}

function only(block: Block): ItemBlock {
  return { partIndex: 0, block };
}

function messageBlocks(item: JsonObject): readonly ItemBlock[] {
  const head = { ...item, content: [] };
  return objectsOf(item["content"]).map((part, partIndex) => ({
    partIndex,
    block: partBlock(head, part, partIndex),
  }));
}

function partBlock(item: JsonObject, part: JsonObject, partIndex: number): Block {
  const text = textOf(part["text"]);
  if (part["type"] === "output_text" && text !== undefined)
    return {
      type: "text",
      text,
      ...phaseOf(item),
      ...sourcesOf(part),
      providerData: providerDataOf({ item, part: { ...part, text: "" }, partIndex }),
    };
  const refusal = textOf(part["refusal"]);
  if (part["type"] === "refusal" && refusal !== undefined)
    return {
      type: "text",
      text: refusal,
      refusal: true,
      ...phaseOf(item),
      providerData: providerDataOf({ item, part: { ...part, refusal: "" }, partIndex }),
    };
  return {
    type: "opaque",
    kind: textOf(part["type"]) ?? "unknown",
    providerData: providerDataOf({ item, part, partIndex }),
  };
}

function reasoningText(item: JsonObject): string {
  const joined = (parts: unknown): string =>
    objectsOf(parts)
      .map((part) => textOf(part["text"]) ?? "")
      .filter((text) => text !== "")
      .join(PARAGRAPH);
  return joined(item["summary"]) || joined(item["content"]);
}

function callBlock(item: JsonObject): ToolUseBlock {
  const isCustom = item["type"] === "custom_tool_call";
  const member = isCustom ? "input" : "arguments";
  const inputText = textOf(item[member]) ?? "";
  const input = isCustom ? inputText : parseArguments(inputText);
  return {
    type: "tool-use",
    id: callIdOf(item),
    name: textOf(item["name"]) ?? "",
    input,
    ...(JSON.stringify(input) === inputText ? {} : { inputText }),
    providerData: providerDataOf({ item: { ...item, [member]: "" } }),
  };
}

function parseArguments(text: string): JsonValue {
  // A function without parameters may be called with no text at all.
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}

function imageBlock(item: JsonObject): ImageBlock | undefined {
  const result = textOf(item["result"]);
  if (result === undefined || result === "") return undefined;
  return {
    ...pictureOf(item["output_format"], result),
    providerData: providerDataOf({ item: { ...item, result: "" } }),
  };
}

function ownOrOpaque(kind: string, item: JsonObject): Block {
  return hostedToolBlock(item) ?? opaqueBlock(kind, item);
}

function opaqueBlock(kind: string, item: JsonObject): Block {
  return { type: "opaque", kind, providerData: providerDataOf({ item }) };
}
