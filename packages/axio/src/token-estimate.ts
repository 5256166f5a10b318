import type { Block } from "./blocks.ts";
import type { Message } from "./messages.ts";

/** The usual estimate for English and code. */
export const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_IMAGE = 1_000;
const TOKENS_PER_MESSAGE = 4;

/** Estimates the tokens of messages that no provider has counted. */
export function estimateTokens(messages: readonly Message[]): number {
  let tokens = 0;
  for (const message of messages) {
    tokens += TOKENS_PER_MESSAGE;
    for (const block of message.content) tokens += estimateBlock(block);
  }
  return Math.ceil(tokens);
}

function estimateBlock(block: Block): number {
  switch (block.type) {
    case "text":
    case "reasoning":
      return textTokens(block.text);
    case "image":
      return TOKENS_PER_IMAGE;
    case "file":
      return block.source.kind === "base64"
        ? (block.source.data.length * 0.75) / CHARACTERS_PER_TOKEN
        : TOKENS_PER_IMAGE;
    case "tool-use":
      return textTokens(block.name) + textTokens(block.inputText ?? JSON.stringify(block.input));
    case "tool-result":
      return typeof block.content === "string"
        ? textTokens(block.content)
        : block.content.reduce((sum, part) => sum + estimateBlock(part), 0);
    case "hosted-tool":
    case "opaque":
      return textTokens(JSON.stringify(block.providerData ?? {}));
  }
}

function textTokens(text: string): number {
  return text.length / CHARACTERS_PER_TOKEN;
}
