import { textWidth } from "./width.ts";

/** The role of a text. The theme decides the color. */
export type Color =
  | "accent"
  | "user"
  | "muted"
  | "success"
  | "warning"
  | "error"
  | "heading"
  | "link"
  | "code"
  | "added"
  | "removed"
  | "keyword"
  | "string"
  | "number"
  | "name"
  | "type";

/** The style of a text. */
export interface Style {
  readonly color?: Color;
  readonly bold?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strikethrough?: true;
  readonly inverse?: true;
  /** The address that the text shows, for terminals that open addresses. */
  readonly url?: string;
}

/** Text in one style, without control characters. */
export interface Span extends Style {
  readonly text: string;
  /** The terminal's cursor stands before the first span that has this. */
  readonly hasCursor?: true;
}

/** One row of the screen. */
export type Line = readonly Span[];

/** A position on the screen, from 0. */
export interface Position {
  readonly row: number;
  readonly column: number;
}

/** Returns a span. */
export function span(text: string, style: Style = {}): Span {
  return { ...style, text };
}

/** Returns a span with the terminal's cursor before it. */
export function cursorSpan(text: string, style: Style = {}): Span {
  return { ...style, text, hasCursor: true };
}

/** The text of a row. */
export function lineText(row: Line): string {
  return row.map(({ text }) => text).join("");
}

/** Where the rows place the terminal's cursor. */
export function findCursor(rows: readonly Line[]): Position | undefined {
  for (const [row, line] of rows.entries()) {
    const at = line.findIndex(({ hasCursor }) => hasCursor);
    if (at >= 0) return { row, column: textWidth(lineText(line.slice(0, at))) };
  }
  return undefined;
}
