import { isObject, type JsonObject, stringMember } from "../json.ts";
import { type Conversation, contentText, readConversation } from "../stream/conversation.ts";
import { parseScript } from "../stream/script.ts";
import { blockMessages, mergedMessages } from "./rules/messages-of.ts";

/** Reads the messages of a Messages request. */
export function readClaudeConversation(body: JsonObject): Conversation {
  return readConversation(mergedMessages(body).flatMap(({ role, blocks }) => itemsOf(role, blocks)));
}

/** The number of blocks of the message that the request continues; 0 if it begins a response. */
export function continuedBlocks(body: JsonObject): number {
  const last = mergedMessages(body).at(-1);
  return last?.role === "assistant" ? last.blocks.length : 0;
}

/** The index of the message that the response will be, or is already a part of. */
export function responseIndex(body: JsonObject): number {
  const messages = blockMessages(body);
  return messages.at(-1)?.role === "assistant" ? messages.length - 1 : messages.length;
}

/** A message as items of the Responses API. */
function itemsOf(role: string, blocks: readonly JsonObject[]): readonly JsonObject[] {
  if (role === "assistant") {
    return blocks
      .filter(({ type }) => type === "tool_use")
      .map((block) => ({ type: "function_call", call_id: stringMember(block, "id") }));
  }
  if (role !== "user") return [];
  const results = blocks.filter(({ type }) => type === "tool_result").map(resultItem);
  const texts = blocks.filter(({ type }) => type === "text");
  // Text next to results is a prompt only if it is a script.
  const isPrompt = results.length === 0 || parseScript(contentText(texts)).length > 0;
  return [...results, ...(isPrompt ? [{ type: "message", role: "user", content: texts }] : [])];
}

function resultItem(block: JsonObject): JsonObject {
  const { content } = block;
  return {
    type: "function_call_output",
    call_id: stringMember(block, "tool_use_id"),
    output: Array.isArray(content) ? content.filter(isObject) : (content ?? ""),
  };
}
