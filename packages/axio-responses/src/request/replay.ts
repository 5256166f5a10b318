import type { Block, ImageBlock, JsonObject, TextBlock, ToolUseBlock } from "axio";
import { type ResponsesData, responsesData } from "../provider-data.ts";
import type { ReplayedItem } from "./input-items.ts";

/**
 * Members that the API sends with an item and refuses, or has no place for, in a request.
 * `"*"` stands for every type.
 */
const OUTPUT_ONLY: ReadonlyMap<string, readonly string[]> = new Map([
  ["*", ["created_by"]],
  ["image_generation_call", ["action", "background", "output_format", "quality", "revised_prompt", "size"]],
]);

/** What a call's text is called on the wire. */
export type CallTextMember = "arguments" | "input";

/** The item that a block came from, with the block's own content in it, or `undefined` where it cannot be sent again. */
export function replayedItem(block: Block, data: ResponsesData): ReplayedItem | undefined {
  switch (block.type) {
    case "reasoning":
      return replayedReasoning(data.item);
    case "tool-use":
      return withType(data.item, { [callTextMember(data.item)]: callText(block, data.item) });
    case "image":
      return replayedImage(block, data.item);
    case "hosted-tool":
      return withType(data.item, {});
    case "opaque":
      return data.part === undefined ? withType(data.item, {}) : undefined;
    default:
      return undefined;
  }
}

/** The part of a message that a block came from, with the block's own text in it. */
export function replayedPart(block: Block): JsonObject | undefined {
  const part = responsesData(block)?.part;
  if (part === undefined) return undefined;
  if (block.type === "text") return { ...part, [textMember(block)]: block.text };
  return block.type === "opaque" ? part : undefined;
}

/** The text of a call: what the model wrote, to the letter, or else the arguments as JSON. */
export function callText(block: ToolUseBlock, item?: JsonObject): string {
  if (block.inputText !== undefined) return block.inputText;
  const isFreeText = item !== undefined && callTextMember(item) === "input";
  return isFreeText && typeof block.input === "string" ? block.input : JSON.stringify(block.input);
}

/** Where an item holds its text: a custom tool is called with free text, a function with JSON. */
export function callTextMember(item: JsonObject): CallTextMember {
  return item["type"] === "custom_tool_call" ? "input" : "arguments";
}

/** Where a part of a message holds its text. */
export function textMember(block: TextBlock): "text" | "refusal" {
  return block.refusal === true ? "refusal" : "text";
}

/**
 * With `store: false` the server keeps nothing: a thought without its encrypted content would be a bare id, which it
 * answers with 404. The plain text of a thought (`content`) is not taken back beside the encrypted one.
 */
function replayedReasoning(item: JsonObject): ReplayedItem | undefined {
  const encrypted = item["encrypted_content"];
  if (item["type"] !== "reasoning" || typeof encrypted !== "string" || encrypted === "") return undefined;
  const { content: _plain, ...rest } = item;
  return withType(rest, {});
}

function replayedImage(block: ImageBlock, item: JsonObject): ReplayedItem | undefined {
  if (item["type"] !== "image_generation_call" || block.source.kind !== "base64") return undefined;
  return withType(item, { result: block.source.data });
}

function withType(item: JsonObject, content: JsonObject): ReplayedItem {
  const type = String(item["type"]);
  const kept: Record<string, JsonObject[string]> & { type: string } = { ...item, ...content, type };
  for (const member of OUTPUT_ONLY.get("*") ?? []) if (member in kept) delete kept[member];
  for (const member of OUTPUT_ONLY.get(type) ?? []) if (member in kept) delete kept[member];
  return kept;
}

/** The message that a part belongs to, with an empty `content`. */
export function messageHead(data: ResponsesData): ReplayedItem | undefined {
  return data.part === undefined ? undefined : withType(data.item, { content: [] });
}
