import type { Block } from "./blocks.ts";

/**
 * Who speaks. Tool results stand in `user` messages, beside whatever the person said.
 * `system` messages are for histories that come from elsewhere: transports lift them to where their provider wants them.
 */
export type Role = "system" | "user" | "assistant";

/** One message of a conversation. Plain data: `JSON.parse(JSON.stringify(message))` gives it back whole. */
export interface Message {
  readonly role: Role;
  readonly content: readonly Block[];
}

/**
 * A user message.
 *
 * @example
 * ```ts
 * const message = userMessage("Explain the Rust borrow checker.");
 * ```
 */
export function userMessage(content: string | readonly Block[]): Message {
  return { role: "user", content: toBlocks(content) };
}

/** An assistant message. */
export function assistantMessage(content: string | readonly Block[]): Message {
  return { role: "assistant", content: toBlocks(content) };
}

/** The text of a message: its text blocks, joined. */
export function messageText(message: Message): string {
  let text = "";
  for (const block of message.content) {
    if (block.type === "text") text += block.text;
  }
  return text;
}

function toBlocks(content: string | readonly Block[]): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}
