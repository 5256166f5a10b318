const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu;

/**
 * Matches what looks like a token: a JWT, a bearer credential, an API key, an OAuth token with its usual prefix. In JSON a token may
 * follow an escape such as `\n`: its letter is not a part of the token and does not begin one.
 */
const SECRET =
  /(?<!\\)(?:\b|(?<=\\[bfnrt]))(?:eyJ[\w-]{8,}(?:\.[\w-]*)+|Bearer\s+[\w.~+/-]{8,}=*|sk-[\w-]{12,}|(?:rt|at)[_.][\w.-]{16,})/gi;

/** How many characters of a peer's text a message quotes. */
const MAX_QUOTE_LENGTH = 300;

/**
 * Prepares a peer's text for a message: one short line, without control characters, which a terminal would execute, and
 * without what looks like a token.
 */
export function truncateForMessage(text: string, maxLength: number = MAX_QUOTE_LENGTH): string {
  // A first cut keeps large bodies cheap. Its reserve is for what cleaning removes.
  const line = text
    .slice(0, maxLength * 4)
    .replace(CONTROL, " ")
    .trim();
  const cleaned = hideTokens(line);
  if (cleaned.length <= maxLength) return cleaned;
  // A cut inside a surrogate pair would leave an invalid character.
  return `${cleaned.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Removes from a text what looks like a token. JSON stays JSON. */
export function hideTokens(text: string): string {
  return text.replace(SECRET, "[hidden]");
}

/** Whether a body is an HTML page. */
export function isHtml(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head)/i.test(text.slice(0, 1000));
}

/** Returns the title of a page, or an empty string. */
export function htmlTitle(html: string): string {
  return truncateForMessage(/<title[^>]*>([^<]*)/i.exec(html.slice(0, 20_000))?.[1] ?? "");
}
