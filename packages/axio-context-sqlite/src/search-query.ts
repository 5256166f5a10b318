import { foldText } from "./stored-message.ts";

/** What to ask the search index for. */
export interface SearchQuery {
  /** An FTS5 expression; absent where no word is long enough for the index. */
  readonly match: string | undefined;
  /** LIKE patterns, with `\` as the escape, for the words that are too short for it. */
  readonly patterns: readonly string[];
}

// The index knows sequences of three characters.
const SHORTEST_INDEXED = 3;

/** The words of a search, in the form that search compares. */
export function searchWords(search: string): readonly string[] {
  return foldText(search)
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Asks for texts that hold all words, anywhere. */
export function searchQuery(words: readonly string[]): SearchQuery {
  const isIndexed = (word: string): boolean => [...word].length >= SHORTEST_INDEXED;
  const match = words.filter(isIndexed).map((word) => `"${word.replaceAll('"', '""')}"`);
  return {
    match: match.length === 0 ? undefined : match.join(" AND "),
    patterns: words.filter((word) => !isIndexed(word)).map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`),
  };
}

const EXCERPT_BEFORE = 30;
const EXCERPT_LENGTH = 100;

/** The surroundings of the first word that a text holds, on one line. */
export function searchExcerpt(text: string, words: readonly string[]): string {
  // Places in the folded text are places in the text but where folding changed the length, which moves an excerpt a bit.
  const folded = foldText(text);
  const places = words.map((word) => folded.indexOf(word)).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, text.length) - EXCERPT_BEFORE);
  const end = start + EXCERPT_LENGTH;
  const part = text.slice(start, end).replace(/\s+/g, " ").trim();
  return `${start > 0 ? "…" : ""}${part}${end < text.length ? "…" : ""}`;
}
