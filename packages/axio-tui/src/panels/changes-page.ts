import type { ShownChange } from "../snapshots/change-diff.ts";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Line, span } from "../theme/line.ts";
import { truncate } from "../theme/width.ts";
import { diffLines, sizeSpans } from "../transcript/diff-lines.ts";
import { makePage, type Page } from "./page.ts";

/** Returns a page with the changes to files: their sum, and the diff of each. */
export function changesPage(changes: readonly ShownChange[]): Page {
  const files = `${changes.length} ${changes.length === 1 ? "file" : "files"} changed`;
  let laidOut:
    | { readonly width: number; readonly terminal: TerminalStyle; readonly rows: readonly Line[] }
    | undefined;
  return makePage(files, (width, terminal) => {
    // Scrolling asks for the same rows again.
    if (laidOut?.width !== width || laidOut.terminal !== terminal)
      laidOut = { width, terminal, rows: changesLines(changes, width, terminal) };
    return laidOut.rows;
  });
}

function changesLines(
  changes: readonly ShownChange[],
  width: number,
  terminal: TerminalStyle,
): readonly Line[] {
  const sum = {
    added: changes.reduce((total, { size }) => total + size.added, 0),
    removed: changes.reduce((total, { size }) => total + size.removed, 0),
  };
  const list = changes.map((change) => headLine(change, width, terminal));
  const diffs = changes.flatMap((change): readonly Line[] =>
    change.diff === undefined
      ? []
      : [[], headLine(change, width, terminal), ...diffLines(change.diff, width, terminal)],
  );
  // One file needs no list.
  if (list.length === 1 && diffs.length > 0) return diffs.slice(1);
  return [sizeSpans(sum), ...list, ...diffs];
}

function headLine({ path, kind, size, note }: ShownChange, width: number, terminal: TerminalStyle): Line {
  const name = truncate(
    cleanLine(path, terminal.unicode),
    Math.max(8, width - 30),
    terminal.symbols.ellipsis,
  );
  return [
    span(`${name}  `, { bold: true }),
    span(`${kind}  `, { color: "muted" }),
    ...(note === undefined ? sizeSpans(size) : [span(note, { color: "muted" })]),
  ];
}
