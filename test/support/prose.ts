/** A word or construction that docs/glossary.md rules out. */
interface Ban {
  readonly pattern: RegExp;
  readonly use: string;
}

/** One use of a banned word. */
export interface Finding {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** The replacement. */
  readonly use: string;
}

const BANS: readonly Ban[] = [
  word("anew", "again"),
  word("who(?:m)?ever", "the caller, the user"),
  word("heed(?:s|ed|ing)?", "honor, follow"),
  word("mend(?:s|ed|ing)?", "recover, fix"),
  word("befall(?:s|en)?|befell", "happen"),
  word("surroundings", "environment"),
  word("besides", "also"),
  word("(?:some|any|no)body|persons?|people", "user"),
  // Not the names of APIs: "thought", <thought> and thought_signature.
  word('thoughts?(?![s_">])', "reasoning"),
  word("renew(?:s|ed|als?|ing(?!Since))?", "refresh"),
  word("verdicts?", "class, outcome"),
  word("behaviours?|colours?|coloured|honour(?:s|ed|ing)?|favours?|neighbours?", "American spelling"),
  phrase("at hand", "available"),
  phrase("(?<!there )is none", "is not one, does not exist"),
  phrase("where (?:it|there|nobody|none)", "if"),
  { pattern: /\bfor\s+one(?=\s*[.,;:)])/gi, use: "for example" },
  { pattern: /\/\*\*\s+(?:\*\s+)?What\s/g, use: "a doc comment that says what the thing is or does" },
];

/** Finds the banned words and constructions in a text, or in the words of a path. */
export function findBannedProse(text: string): readonly Finding[] {
  return BANS.flatMap(({ pattern, use }) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
      line: text.slice(0, index).split("\n").length,
      text: found.replaceAll(/\s+/g, " ").trim(),
      use,
    })),
  );
}

/** A word by itself or as a word of an identifier. */
function word(forms: string, use: string): Ban {
  const capitalized = forms.replaceAll(
    /(^|\|)(\(\?:)?([a-z])/g,
    (_match, bar, group, letter) => `${bar}${group ?? ""}${letter.toUpperCase()}`,
  );
  const pattern = `(?<![A-Za-z])(?:${forms}|${capitalized})(?![a-z])|(?<=[a-z])(?:${capitalized})(?![a-z])`;
  return { pattern: new RegExp(pattern, "g"), use };
}

/** Words in a row, also across the lines of a comment. */
function phrase(forms: string, use: string): Ban {
  return {
    pattern: new RegExp(`\\b(?:${forms.replaceAll(" ", "\\s+(?:(?:\\*|//|#|>)\\s+)?")})\\b`, "gi"),
    use,
  };
}
