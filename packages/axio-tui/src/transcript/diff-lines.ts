import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanText } from "../theme/clean-text.ts";
import { type Line, type Style, span } from "../theme/line.ts";
import { wrapCharacters } from "../theme/wrap.ts";

/** Tells whether a text is a unified diff. */
export function isUnifiedDiff(text: string): boolean {
  return /^--- [^\n]*\n\+\+\+ [^\n]*\n@@ /.test(text);
}

/** How many lines a unified diff adds and removes. */
export interface DiffSize {
  readonly added: number;
  readonly removed: number;
}

/** Counts the changed lines of a unified diff. */
export function diffSize(diff: string): DiffSize {
  const rows = diffRows(diff);
  const count = (mark: string): number => rows.filter((row) => row.startsWith(mark)).length;
  return { added: count("+"), removed: count("-") };
}

/** Describes the size of a change: `"+12 -3"`. */
export function sizeSpans({ added, removed }: DiffSize): Line {
  return [span(`+${added}`, { color: "added" }), span(" "), span(`-${removed}`, { color: "removed" })];
}

/** Lays out a unified diff in colors, without the names of the files. */
export function diffLines(diff: string, width: number, terminal: TerminalStyle): readonly Line[] {
  return diffRows(cleanText(diff, terminal.unicode)).flatMap((row) =>
    wrapCharacters([span(row === "" ? " " : row, rowStyle(row))], width),
  );
}

/** The rows after the names of the files. */
function diffRows(diff: string): readonly string[] {
  return diff.trimEnd().split("\n").slice(2);
}

function rowStyle(row: string): Style {
  if (row.startsWith("@@")) return { color: "accent" };
  if (row.startsWith("+")) return { color: "added" };
  if (row.startsWith("-")) return { color: "removed" };
  return { color: "muted" };
}
