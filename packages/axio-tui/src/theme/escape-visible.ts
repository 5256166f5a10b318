import { type Line, type Span, type Style, span } from "./line.ts";

/** Printable ASCII: the only characters that look the same in every terminal and like no other character. */
const PLAIN = /[\x20-\x7e]/;
/** The beginning of an escape. In an exact text it is escaped as well, so that it differs from an escaped character. */
const ESCAPE = "\\u{";

/** How a text of a question is escaped. */
export interface EscapeOptions {
  /**
   * Whether text that looks like an escape is escaped, too, so that each different text looks different. Default: `false`, for
   * text in which the tool has done that already.
   */
  readonly isRaw?: boolean | undefined;
  /** The style of the text. Escapes are in the color of warnings. Default: none. */
  readonly style?: Style | undefined;
}

/**
 * Lays out foreign text for a question, a row per line. Nothing is replaced or removed: each character other than printable
 * ASCII, and each space at the end of a line, is shown as `\u{200b}`, with and without Unicode, so that the user sees exactly
 * the text that is used.
 */
export function escapedLines(text: string, options: EscapeOptions = {}): readonly Line[] {
  return text.split("\n").map((line) => escapedSpans(line, options));
}

/** Escapes a text like {@link escapedLines}, on one line. */
export function escapedLine(text: string, options: EscapeOptions = {}): Line {
  return escapedSpans(text, options);
}

/** Escapes a text like {@link escapedLine}, without styles. */
export function escapedText(text: string, options: EscapeOptions = {}): string {
  return escapedSpans(text, options)
    .map((part) => part.text)
    .join("");
}

function escapedSpans(line: string, { isRaw = false, style = {} }: EscapeOptions): Line {
  const spans: Span[] = [];
  let plain = "";
  const flush = (): void => {
    if (plain !== "") spans.push(span(plain, style));
    plain = "";
  };
  // A diff has a line of one space for an empty line.
  const end = line === " " ? 1 : line.trimEnd().length;
  let at = 0;
  for (const character of line) {
    const isHidden = !PLAIN.test(character) || at >= end || (isRaw && line.startsWith(ESCAPE, at));
    if (isHidden) {
      flush();
      spans.push(span(escapeCharacter(character), { ...style, color: "warning" }));
    } else plain += character;
    at += character.length;
  }
  flush();
  return spans;
}

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
