import { type Line, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { truncate } from "../theme/width.ts";

/** Something to read. */
export interface Page {
  readonly type: "page";
  readonly title: string;
  readonly rows: (width: number, look: TerminalStyle) => readonly Line[];
  /** How many rows are above what is seen. */
  readonly offset: number;
}

export function makePage(title: string, rows: Page["rows"]): Page {
  return { type: "page", title, rows, offset: 0 };
}

/** The page scrolled, never past its end. */
export function scrollPage(page: Page, by: number, width: number, height: number, look: TerminalStyle): Page {
  const last = Math.max(0, page.rows(width, look).length - (height - 2));
  return { ...page, offset: Math.min(last, Math.max(0, page.offset + by)) };
}

/** The page as rows, at most `height`. */
export function pageLines(page: Page, width: number, height: number, look: TerminalStyle): readonly Line[] {
  const rows = page.rows(width, look);
  const room = Math.max(1, height - 2);
  const isLonger = rows.length > room;
  const hint = isLonger ? `${look.glyphs.upDown} scroll  Esc leave` : "Esc leave";
  return [
    [span(page.title, { bold: true, color: "accent" })],
    ...rows.slice(page.offset, page.offset + room),
    [span(truncate(hint, width, look.glyphs.ellipsis), { color: "muted" })],
  ];
}
