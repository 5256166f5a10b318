import { foldText } from "./stored-message.ts";

/** Splits a search into normalized words. */
export function searchWords(search: string): readonly string[] {
  return foldText(search)
    .split(/\s+/)
    .filter((word) => word !== "");
}

const EXCERPT_BEFORE = 30;
const EXCERPT_LENGTH = 100;

/** Returns the text around the first match, on one line. */
export function searchExcerpt(text: string, words: readonly string[]): string {
  // Normalization may change the length of the text, which only shifts the excerpt slightly.
  const folded = foldText(text);
  const offsets = words.map((word) => folded.indexOf(word)).filter((offset) => offset >= 0);
  const start = Math.max(0, Math.min(...offsets, text.length) - EXCERPT_BEFORE);
  const end = start + EXCERPT_LENGTH;
  const part = text.slice(start, end).replace(/\s+/g, " ").trim();
  return `${start > 0 ? "…" : ""}${part}${end < text.length ? "…" : ""}`;
}
