import type { WireBlock } from "../provider-data.ts";

/** One element of `messages`. */
export interface WireMessage {
  readonly role: "user" | "assistant" | "system";
  readonly content: readonly WireBlock[];
}

/** White space and characters without width. The API counts neither as text. */
const BLANK = /^[\s\u200b-\u200d\u2060\ufeff]*$/;

/** Whether the API refuses a text block with this text. */
export function isBlank(text: string): boolean {
  return BLANK.test(text);
}

/** Returns a text block. */
export function textBlock(text: string): WireBlock {
  return { type: "text", text };
}
