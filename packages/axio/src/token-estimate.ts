import type { Block } from "./blocks.ts";
import type { Message } from "./messages.ts";

// Four characters a token is the usual rule of thumb for English and code; pictures cost roughly a tile set.
const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_IMAGE = 1_000;
const TOKENS_PER_MESSAGE = 4;

/** Guesses how many tokens messages take, where no provider has counted them. */
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
      return characters(block.text);
    case "image":
      return TOKENS_PER_IMAGE;
    case "file":
      return block.source.kind === "base64"
        ? (block.source.data.length * 0.75) / CHARACTERS_PER_TOKEN
        : TOKENS_PER_IMAGE;
    case "tool-use":
      return characters(block.name) + characters(block.inputText ?? JSON.stringify(block.input));
    case "tool-result":
      return typeof block.content === "string"
        ? characters(block.content)
        : block.content.reduce((sum, part) => sum + estimateBlock(part), 0);
    case "hosted-tool":
    case "opaque":
      return characters(JSON.stringify(block.providerData ?? {}));
  }
}

function characters(text: string): number {
  return text.length / CHARACTERS_PER_TOKEN;
}
