import type { Block, ImageBlock, JsonObject, JsonValue, TextPhase, ToolUseBlock } from "axio";
import { isTooDeep } from "axio/internal";
import { providerDataOf } from "../provider-data.ts";
import { toolName } from "../request/ids.ts";
import { hostedToolBlock } from "./hosted-tools.ts";
import { sourcesOf } from "./sources.ts";
import { objectsOf, textOf } from "./wire-event.ts";

/** A block of an item, and the index of its part if the item is a message. */
export interface ItemBlock {
  readonly partIndex: number;
  readonly block: Block;
}

/** The separator of the paragraphs of a reasoning summary. */
export const PARAGRAPH = "\n\n";

/**
 * Returns the blocks of a finished item.
 *
 * - A message: one block for each part.
 * - Reasoning: one block. Its text is the summary, or else the plain text.
 * - A call of a function or a custom tool: one block; none if it is `incomplete`, since a partial call must not run.
 * - An image: one block. A hosted tool, also one that created no image: one `hosted-tool` block.
 * - Any other item with a type: one `opaque` block with the whole item.
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
      return [only(imageBlock(item) ?? hostedOrOpaque("image_generation_call", item))];
    default:
      return typeof item["type"] === "string" ? [only(hostedOrOpaque(item["type"], item))] : [];
  }
}

/** Whether an item is a tool call that needs a result. */
export function isToolCall(item: JsonObject): boolean {
  return item["type"] === "function_call" || item["type"] === "custom_tool_call";
}

/** Returns the id that pairs a tool call with its result, or else the id of the item. */
export function callIdOf(item: JsonObject): string {
  return textOf(item["call_id"]) ?? textOf(item["id"]) ?? "";
}

/** Returns an image in base64. */
export function imageOf(format: unknown, data: string): ImageBlock {
  const mediaType = `image/${typeof format === "string" ? format : "png"}`;
  return { type: "image", mediaType, source: { kind: "base64", data } };
}

/** Returns what a message is to its run, if the server states it. */
export function phaseOf(item: JsonObject | undefined): TextPhase | undefined {
  switch (item?.["phase"]) {
    case "commentary":
      return "commentary";
    case "final_answer":
      return "final";
    default:
      return undefined;
  }
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
      phase: phaseOf(item),
      sources: sourcesOf(part),
      providerData: providerDataOf({ item, part: { ...part, text: "" }, partIndex }),
    };
  const refusal = textOf(part["refusal"]);
  if (part["type"] === "refusal" && refusal !== undefined)
    return {
      type: "text",
      text: refusal,
      refusal: true,
      phase: phaseOf(item),
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
    name: toolName(textOf(item["name"]) ?? ""),
    input,
    inputText: JSON.stringify(input) === inputText ? undefined : inputText,
    providerData: providerDataOf({ item: { ...item, [member]: "" } }),
  };
}

function parseArguments(text: string): JsonValue {
  // A function without parameters may be called without text.
  if (text.trim() === "") return {};
  // The run answers it with an error result; most uses of a deep value would overflow the stack.
  if (isTooDeep(text)) return null;
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
    ...imageOf(item["output_format"], result),
    providerData: providerDataOf({ item: { ...item, result: "" } }),
  };
}

function hostedOrOpaque(kind: string, item: JsonObject): Block {
  return hostedToolBlock(item) ?? opaqueBlock(kind, item);
}

function opaqueBlock(kind: string, item: JsonObject): Block {
  return { type: "opaque", kind, providerData: providerDataOf({ item }) };
}
