import type { ChatMessage, ContentPart } from "./chat-message.ts";

/** The provider accepts four marks; one is for the system prompt. */
const MARKED_MESSAGES = 2;

/**
 * Marks the system prompt and the newest messages, for providers that cache only what is marked. The end of each mark is
 * found again by the next request.
 */
export function markForCache(messages: readonly ChatMessage[]): ChatMessage[] {
  const marked = [...messages];
  let left = MARKED_MESSAGES;
  for (let position = messages.length - 1; position >= 0; position--) {
    const message = messages[position];
    if (message === undefined || message.role === "assistant") continue;
    const isInput = message.role === "user" || message.role === "tool";
    if (isInput && left-- <= 0) continue;
    marked[position] = withMark(message);
  }
  return marked;
}

function withMark<M extends Exclude<ChatMessage, { role: "assistant" }>>(message: M): M {
  const parts: readonly ContentPart[] =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  const last = parts.findLastIndex((part) => part.type === "text" && part.text !== "");
  if (last < 0) return message;
  const content = parts.map((part, index) =>
    index === last ? { ...part, cache_control: { type: "ephemeral" } } : part,
  );
  return { ...message, content };
}
