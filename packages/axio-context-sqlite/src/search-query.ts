import { foldText } from "./stored-message.ts";

/** The conditions of a search. */
export interface SearchQuery {
  /** An FTS5 expression; `undefined` if no word is long enough for the index. */
  readonly match: string | undefined;
  /** LIKE patterns, with `\` as the escape, for words that are too short for the index. */
  readonly patterns: readonly string[];
}

// The trigram index needs three characters.
const MIN_INDEXED_LENGTH = 3;

/** Splits a search into normalized words. */
export function searchWords(search: string): readonly string[] {
  return foldText(search)
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Returns the conditions for texts that contain all words. */
export function searchQuery(words: readonly string[]): SearchQuery {
  const isIndexed = (word: string): boolean => [...word].length >= MIN_INDEXED_LENGTH;
  const match = words.filter(isIndexed).map((word) => `"${word.replaceAll('"', '""')}"`);
  return {
    match: match.length === 0 ? undefined : match.join(" AND "),
    patterns: words.filter((word) => !isIndexed(word)).map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`),
  };
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
