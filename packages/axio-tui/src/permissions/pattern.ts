/** Stands in a text for a part that is known only when a command runs, such as the value of a variable. */
export const UNKNOWN = "\0";

/** A pattern as characters and stars. */
type Token = { readonly literal: string } | "star" | "one";

/**
 * Whether a text certainly matches a pattern: `*` stands for any text, `\*` for a star. An {@link UNKNOWN} part matches only
 * `*`. A pattern that ends in ` *` also matches without anything after it: `git diff *` matches `git diff`.
 */
export function matchesText(pattern: string, text: string): boolean {
  return variants(pattern).some((variant) => intersects(tokens(variant), text, false));
}

/** Whether a text matches a pattern for some values of its {@link UNKNOWN} parts. */
export function mayMatchText(pattern: string, text: string): boolean {
  return variants(pattern).some((variant) => intersects(tokens(variant), text, true));
}

/**
 * Whether a path matches a pattern: `*` and `?` stand for text inside of one part, `**` for any number of parts. A `~` at the
 * beginning is the home directory.
 */
export function matchesPath(pattern: string, path: string, home: string | undefined): boolean {
  if (pattern === "*" || pattern === "**") return pattern === "**" || !path.includes("/");
  const full = home !== undefined && pattern.startsWith("~/") ? home + pattern.slice(1) : pattern;
  return matchesParts(full.replace(/^\.\//, "").split("/"), path.split("/"));
}

/** Whether a pattern matches a single text. */
export function isLiteral(pattern: string): boolean {
  return tokens(pattern).every((token) => token !== "star");
}

/** The pattern that matches a text only. */
export function literalPattern(text: string): string {
  return text.replace(/[\\*]/g, "\\$&");
}

function variants(pattern: string): readonly string[] {
  return pattern.length > 2 && pattern.endsWith(" *") && !pattern.endsWith("\\ *")
    ? [pattern, pattern.slice(0, -2)]
    : [pattern];
}

function tokens(pattern: string): readonly Token[] {
  const found: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const [character, next] = [pattern.charAt(at), pattern.charAt(at + 1)];
    if (character === "\\" && (next === "*" || next === "\\")) {
      found.push({ literal: next });
      at += 1;
    } else if (character === "*") {
      if (found.at(-1) !== "star") found.push("star");
    } else found.push({ literal: character });
  }
  return found;
}

/**
 * Compares in time proportional to the product of the lengths, whatever the pattern. `isLenient` says whether an unknown part
 * of the text may be anything; otherwise only a star accepts it.
 */
function intersects(pattern: readonly Token[], text: string, isLenient: boolean): boolean {
  // `reached[j]`: the tokens before this one match the first j characters.
  let reached: boolean[] = [true];
  for (let j = 1; j <= text.length; j += 1)
    reached[j] = isLenient && reached[j - 1] === true && text.charAt(j - 1) === UNKNOWN;
  for (const token of pattern) {
    const next: boolean[] = [];
    for (let j = 0; j <= text.length; j += 1) {
      const character = j === 0 ? undefined : text.charAt(j - 1);
      const isUnknown = isLenient && character === UNKNOWN;
      const before = j > 0 && next[j - 1] === true;
      if (token === "star") next[j] = reached[j] === true || before;
      else {
        const isSame =
          character !== undefined &&
          (token === "one" || token.literal === character) &&
          reached[j - 1] === true;
        // An unknown part can be empty, or end with this token.
        next[j] = isSame || (isUnknown && (before || reached[j] === true || reached[j - 1] === true));
      }
    }
    reached = next;
  }
  return reached[text.length] === true;
}

function matchesParts(pattern: readonly string[], path: readonly string[]): boolean {
  let reached: boolean[] = path.map(() => false);
  reached = [true, ...reached];
  for (const part of pattern) {
    const next: boolean[] = [];
    for (let j = 0; j <= path.length; j += 1) {
      const text = path[j - 1];
      if (part === "**") next[j] = reached[j] === true || (j > 0 && next[j - 1] === true);
      else
        next[j] = text !== undefined && reached[j - 1] === true && intersects(partTokens(part), text, false);
    }
    reached = next;
  }
  return reached[path.length] === true;
}

function partTokens(part: string): readonly Token[] {
  return tokens(part).map((token) => (typeof token === "object" && token.literal === "?" ? "one" : token));
}
