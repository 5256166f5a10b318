import type { Line } from "../theme/line.ts";
import type { Entry } from "./entries.ts";

/**
 * The visible part of a transcript: `undefined` follows the end, else row `row` of the entry `index` is the last visible one.
 * It refers to an entry, so that growing entries below do not move it, and only visible entries are laid out.
 */
export type Anchor = { readonly index: number; readonly row: number } | undefined;

/** Lays out an entry, with the empty row before it. */
export type RowsOf = (entry: Entry, index: number) => readonly Line[];

/** Returns the visible rows, at most `height`. */
export function visibleRows(
  entries: readonly Entry[],
  anchor: Anchor,
  height: number,
  rowsOf: RowsOf,
): readonly Line[] {
  const parts: (readonly Line[])[] = [];
  let missing = height;
  let index = anchor === undefined ? entries.length - 1 : Math.min(anchor.index, entries.length - 1);
  let isFirst = true;
  while (missing > 0 && index >= 0) {
    const entry = entries[index];
    if (entry === undefined) break;
    let rows = rowsOf(entry, index);
    if (isFirst && anchor !== undefined && anchor.index === index) rows = rows.slice(0, anchor.row + 1);
    isFirst = false;
    const taken = rows.slice(-missing);
    parts.push(taken);
    missing -= taken.length;
    index -= 1;
  }
  return parts.reverse().flat();
}

/** Scrolls by a number of rows, up if negative. */
export function scrollAnchor(
  entries: readonly Entry[],
  anchor: Anchor,
  by: number,
  height: number,
  rowsOf: RowsOf,
): Anchor {
  const lastIndex = entries.length - 1;
  const last = entries[lastIndex];
  if (last === undefined) return undefined;
  let index = anchor?.index ?? lastIndex;
  let row = anchor?.row ?? rowsOf(last, lastIndex).length - 1;
  let left = Math.abs(by);
  const rowCount = (at: number): number => {
    const entry = entries[at];
    return entry === undefined ? 0 : rowsOf(entry, at).length;
  };
  if (by < 0) {
    while (left > row && index > 0) {
      left -= row + 1;
      index -= 1;
      row = rowCount(index) - 1;
    }
    row = Math.max(0, row - left);
    return notBefore(index, row, height, rowCount, lastIndex);
  }
  while (left > 0) {
    const below = rowCount(index) - 1 - row;
    if (left <= below)
      return isEnd(index, row + left, lastIndex, rowCount) ? undefined : { index, row: row + left };
    left -= below + 1;
    if (index >= lastIndex) return undefined;
    index += 1;
    row = 0;
  }
  return isEnd(index, row, lastIndex, rowCount) ? undefined : { index, row };
}

/** Returns the anchor that shows the beginning. */
export function topAnchor(entries: readonly Entry[], height: number, rowsOf: RowsOf): Anchor {
  return scrollAnchor(entries, { index: 0, row: 0 }, height - 1, height, rowsOf);
}

// At the top, the rows still fill the height.
function notBefore(
  index: number,
  row: number,
  height: number,
  rowCount: (at: number) => number,
  lastIndex: number,
): Anchor {
  let above = row + 1;
  for (let at = index - 1; at >= 0 && above < height; at -= 1) above += rowCount(at);
  if (above >= height) return { index, row };
  let missing = height - above;
  let at = index;
  let atRow = row;
  while (missing > 0) {
    const below = rowCount(at) - 1 - atRow;
    if (missing <= below) return { index: at, row: atRow + missing };
    missing -= below + 1;
    if (at >= lastIndex) return undefined;
    at += 1;
    atRow = 0;
  }
  return { index: at, row: atRow };
}

function isEnd(index: number, row: number, lastIndex: number, rowCount: (at: number) => number): boolean {
  return index === lastIndex && row >= rowCount(index) - 1;
}
