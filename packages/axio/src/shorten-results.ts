import type { Block, ToolResultBlock } from "./blocks.ts";
import { cutText } from "./cut-text.ts";
import type { Message } from "./messages.ts";
import { CHARACTERS_PER_TOKEN, estimateTokens } from "./token-estimate.ts";

/** No text is cut to less. */
const MIN_CHARACTERS = 2_000;

/** The texts of a block that may be shortened. */
type ShortenedTexts = "tool-results" | "all-texts";

/**
 * Shortens the longest tool results, or also what user and model wrote, until the messages have about `maxTokens`, or nothing more can be shortened. Head and
 * tail of each text are kept.
 *
 * @returns The messages; unchanged ones are the same objects.
 */
export function shortenResults(
  messages: readonly Message[],
  maxTokens: number,
  texts: ShortenedTexts = "tool-results",
): readonly Message[] {
  const excess = (estimateTokens(messages) - maxTokens) * CHARACTERS_PER_TOKEN;
  if (excess <= 0) return messages;
  const blocks = messages.flatMap(({ content }) => content);
  const limit = limitThatSaves(
    excess,
    blocks.flatMap((block) => textLengths(block, texts)),
  );
  return messages.map((message) => {
    const content = message.content.map((block) => shortenBlock(block, limit, texts));
    return content.every((block, index) => block === message.content[index])
      ? message
      : { ...message, content };
  });
}

/** The largest limit of all texts that saves so many characters. */
function limitThatSaves(excess: number, lengths: readonly number[]): number {
  const sorted = [...lengths].sort((left, right) => right - left);
  let saved = 0;
  for (const [index, length] of sorted.entries()) {
    const next = Math.max(sorted[index + 1] ?? 0, MIN_CHARACTERS);
    const step = (index + 1) * Math.max(0, length - next);
    if (saved + step >= excess) return Math.floor(length - (excess - saved) / (index + 1));
    saved += step;
    if (next === MIN_CHARACTERS) break;
  }
  return MIN_CHARACTERS;
}

function textLengths(block: Block, texts: ShortenedTexts): readonly number[] {
  if (block.type === "text" && texts === "all-texts") return [block.text.length];
  if (block.type !== "tool-result") return [];
  if (typeof block.content === "string") return [block.content.length];
  return block.content.flatMap((part) => (part.type === "text" ? [part.text.length] : []));
}

function shortenBlock(block: Block, limit: number, texts: ShortenedTexts): Block {
  if (!textLengths(block, texts).some((length) => length > limit)) return block;
  // What a provider says of the whole text is no longer true.
  if (block.type === "text") return { type: "text", text: cutText(block.text, limit) };
  if (block.type !== "tool-result") return block;
  const content: ToolResultBlock["content"] =
    typeof block.content === "string"
      ? cutText(block.content, limit)
      : block.content.map((part) =>
          part.type === "text" && part.text.length > limit
            ? { ...part, text: cutText(part.text, limit) }
            : part,
        );
  return { ...block, content };
}
