import type { Block } from "./blocks.ts";
import { AxioError } from "./errors.ts";

/**
 * The author of a message. Tool results are in `user` messages. `system` messages are for imported histories: transports
 * move them to where their provider expects them.
 */
export type Role = "system" | "user" | "assistant";

/** One message of a conversation. Plain data: JSON preserves it. */
export interface Message {
  readonly role: Role;
  readonly content: readonly Block[];
}

/**
 * Creates a user message.
 *
 * @example
 * ```ts
 * const message = userMessage("Explain the Rust borrow checker.");
 * ```
 */
export function userMessage(content: string | readonly Block[]): Message {
  return { role: "user", content: toBlocks(content) };
}

/** Creates an assistant message. */
export function assistantMessage(content: string | readonly Block[]): Message {
  return { role: "assistant", content: toBlocks(content) };
}

/** Returns the joined text blocks of a message. */
export function messageText(message: Message): string {
  let text = "";
  for (const block of message.content) {
    if (block.type === "text") text += block.text;
  }
  return text;
}

function toBlocks(content: string | readonly Block[]): readonly Block[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  // Without types, anything may arrive here.
  if (Array.isArray(content)) return content;
  throw new AxioError(
    "invalid-argument",
    "The content of a message is neither a string nor a list of blocks. Pass one of them.",
  );
}
