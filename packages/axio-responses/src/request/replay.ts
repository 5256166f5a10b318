import type { Block, ImageBlock, JsonObject, TextBlock, ToolUseBlock } from "axio";
import { type ResponsesData, responsesData } from "../provider-data.ts";
import type { ReplayedItem } from "./input-items.ts";

/** Members of items that have no place in a request. `"*"` stands for every type. */
const OUTPUT_ONLY: ReadonlyMap<string, readonly string[]> = new Map([
  ["*", ["created_by"]],
  ["image_generation_call", ["action", "background", "output_format", "quality", "revised_prompt", "size"]],
]);

/** The member of a tool call that holds its text. */
type CallTextMember = "arguments" | "input";

/** Returns the item of a block with the content of the block, or `undefined` if it cannot be sent back. */
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

/** Returns the message part of a block with the text of the block. */
export function replayedPart(block: Block): JsonObject | undefined {
  const part = responsesData(block)?.part;
  if (part === undefined) return undefined;
  if (block.type === "text") return { ...part, [textMember(block)]: block.text };
  return block.type === "opaque" ? part : undefined;
}

/** Returns the text of a tool call as the model wrote it, or its input as JSON. */
export function callText(block: ToolUseBlock, item?: JsonObject): string {
  if (block.inputText !== undefined) return block.inputText;
  const isFreeText = item !== undefined && callTextMember(item) === "input";
  return isFreeText && typeof block.input === "string" ? block.input : JSON.stringify(block.input);
}

/** A custom tool is called with free text, a function with JSON. */
function callTextMember(item: JsonObject): CallTextMember {
  return item["type"] === "custom_tool_call" ? "input" : "arguments";
}

/** Returns the member of a message part that holds its text. */
function textMember(block: TextBlock): "text" | "refusal" {
  return block.refusal === true ? "refusal" : "text";
}

/**
 * With `store: false` the server stores nothing: reasoning without encrypted content would be only an id, which is answered
 * with 404. The plain text of reasoning (`content`) is not accepted together with the encrypted one.
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

/** Returns the message of a part, with an empty `content`. */
export function messageHead(data: ResponsesData): ReplayedItem | undefined {
  return data.part === undefined ? undefined : withType(data.item, { content: [] });
}
