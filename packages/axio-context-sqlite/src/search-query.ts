/** The conditions of a search. */
export interface SearchQuery {
  /** An FTS5 expression; `undefined` if no word is long enough for the index. */
  readonly match: string | undefined;
  /** LIKE patterns, with `\` as the escape, for words that are too short for the index. */
  readonly patterns: readonly string[];
}

// The trigram index needs three characters.
const MIN_INDEXED_LENGTH = 3;

/** Returns the conditions for texts that contain all words. */
export function searchQuery(words: readonly string[]): SearchQuery {
  const isIndexed = (word: string): boolean => [...word].length >= MIN_INDEXED_LENGTH;
  const match = words.filter(isIndexed).map((word) => `"${word.replaceAll('"', '""')}"`);
  return {
    match: match.length === 0 ? undefined : match.join(" AND "),
    patterns: words.filter((word) => !isIndexed(word)).map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`),
  };
}
