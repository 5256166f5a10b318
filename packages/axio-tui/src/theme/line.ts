/** What a piece of text is, for the theme to colour. */
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

/** How a piece of text looks. */
export interface Style {
  readonly color?: Color;
  readonly bold?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strikethrough?: true;
  readonly inverse?: true;
}

/** A piece of text of one look. Holds no control character and no line feed. */
export interface Span extends Style {
  readonly text: string;
}

/** One row of the screen. */
export type Line = readonly Span[];

/** A piece of text. */
export function span(text: string, style: Style = {}): Span {
  return { ...style, text };
}

/** What a row says. */
export function lineText(row: Line): string {
  return row.map(({ text }) => text).join("");
}
