const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu;

/**
 * What tokens look like: a JWT, a bearer credential, an API key, an OAuth token with its usual prefix. In JSON one may
 * stand right behind an escape such as `\n`, whose letter is no part of it; and the letter itself begins none.
 */
const SECRET =
  /(?<!\\)(?:\b|(?<=\\[bfnrt]))(?:eyJ[\w-]{8,}(?:\.[\w-]*)+|Bearer\s+[\w.~+/-]{8,}=*|sk-[\w-]{12,}|(?:rt|at)[_.][\w.-]{16,})/gi;

/** How much of a peer's text a message may quote, in characters. */
const MAX_EXCERPT_LENGTH = 300;

/**
 * Makes a peer's text fit to stand in a message: one line, without control characters (a terminal would obey them),
 * without what looks like a token, and short.
 */
export function truncateForMessage(text: string, maxLength: number = MAX_EXCERPT_LENGTH): string {
  // Cut before cleaning too, so that a large body costs nothing; the spare room is for what cleaning takes away.
  const line = text
    .slice(0, maxLength * 4)
    .replace(CONTROL, " ")
    .trim();
  const cleaned = hideTokens(line);
  if (cleaned.length <= maxLength) return cleaned;
  // A cut between the halves of a surrogate pair would leave a broken character.
  return `${cleaned.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Takes out of a text what looks like a token. A text that was JSON stays JSON. */
export function hideTokens(text: string): string {
  return text.replace(SECRET, "[hidden]");
}

/** Tells whether a body is a page for people. */
export function isHtml(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head)/i.test(text.slice(0, 1000));
}

/** A page's title, or an empty string. */
export function htmlTitle(html: string): string {
  return truncateForMessage(/<title[^>]*>([^<]*)/i.exec(html.slice(0, 20_000))?.[1] ?? "");
}
