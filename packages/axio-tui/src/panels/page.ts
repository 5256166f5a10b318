import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { type Line, span } from "../theme/line.ts";
import { truncate } from "../theme/width.ts";

/** Text to read. */
export interface Page {
  readonly type: "page";
  readonly title: string;
  readonly rows: (width: number, terminal: TerminalStyle) => readonly Line[];
  /** How many rows are scrolled out at the top. */
  readonly offset: number;
}

export function makePage(title: string, rows: Page["rows"]): Page {
  return { type: "page", title, rows, offset: 0 };
}

/** Scrolls a page, at most to its end. */
export function scrollPage(
  page: Page,
  by: number,
  width: number,
  height: number,
  terminal: TerminalStyle,
): Page {
  const last = Math.max(0, page.rows(width, terminal).length - (height - 2));
  return { ...page, offset: Math.min(last, Math.max(0, page.offset + by)) };
}

/** Lays out a page, in at most `height` rows. */
export function pageLines(
  page: Page,
  width: number,
  height: number,
  terminal: TerminalStyle,
): readonly Line[] {
  const rows = page.rows(width, terminal);
  const room = Math.max(1, height - 2);
  const isLonger = rows.length > room;
  const hint = isLonger ? `${terminal.symbols.upDown} scroll  Esc close` : "Esc close";
  return [
    [span(page.title, { bold: true, color: "accent" })],
    ...rows.slice(page.offset, page.offset + room),
    [span(truncate(hint, width, terminal.symbols.ellipsis), { color: "muted" })],
  ];
}
