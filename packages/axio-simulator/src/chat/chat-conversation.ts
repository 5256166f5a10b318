import { isObject, type JsonObject, stringMember } from "../json.ts";
import { type Conversation, contentText, readConversation } from "../stream/conversation.ts";

/** Reads the messages of a Chat Completions request. */
export function readChatConversation(messages: readonly unknown[]): Conversation {
  const known = messages.filter(isObject);
  return readConversation(known.flatMap((message, index) => itemsOf(message, known[index - 1])));
}

/** A message as items of the Responses API. */
function itemsOf(message: JsonObject, before: JsonObject | undefined): readonly JsonObject[] {
  switch (message["role"]) {
    case "user":
      // Pictures of tool results follow as a message of the user, which is not a prompt.
      return before?.["role"] === "tool" && hasMedia(message["content"])
        ? []
        : [{ type: "message", role: "user", content: message["content"] }];
    case "tool":
      return [
        {
          type: "function_call_output",
          call_id: stringMember(message, "tool_call_id"),
          output: contentText(message["content"]),
        },
      ];
    case "assistant": {
      const calls = Array.isArray(message["tool_calls"]) ? message["tool_calls"] : [];
      return calls.map((call) => ({ type: "function_call", call_id: stringMember(call, "id") }));
    }
    default:
      return [];
  }
}

function hasMedia(content: unknown): boolean {
  return Array.isArray(content) && content.some((part) => stringMember(part, "type") !== "text");
}
