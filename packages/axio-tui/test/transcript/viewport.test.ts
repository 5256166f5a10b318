import { describe, expect, it } from "vitest";
import { type Line, lineText } from "../../src/theme/line.ts";
import type { Entry } from "../../src/transcript/entries.ts";
import { type Anchor, scrollAnchor, topAnchor, visibleRows } from "../../src/transcript/viewport.ts";

/** Entries of one to four rows, named by entry and row. */
function fixture(count: number) {
  const laidOut = new Set<number>();
  const entries = Array.from(
    { length: count },
    (_, id): Entry => ({ kind: "notice", id, level: "info", text: "" }),
  );
  const rowsOf = (entry: Entry): readonly Line[] => {
    laidOut.add(entry.id);
    return Array.from({ length: (entry.id % 4) + 1 }, (_, row) => [{ text: `${entry.id}.${row}` }]);
  };
  const all = entries.flatMap(rowsOf).map(lineText);
  laidOut.clear();
  const seen = (anchor: Anchor, height: number): readonly string[] =>
    visibleRows(entries, anchor, height, rowsOf).map(lineText);
  return { entries, rowsOf, all, seen, laidOut };
}

describe("the viewport", () => {
  it("follows the end", () => {
    const { seen, all } = fixture(20);
    expect(seen(undefined, 7)).toEqual(all.slice(-7));
  });

  it("scrolls row by row to both ends, and never beyond", () => {
    const { entries, rowsOf, seen, all } = fixture(20);
    let anchor: Anchor;
    for (let above = 1; above <= all.length - 7; above += 1) {
      anchor = scrollAnchor(entries, anchor, -1, 7, rowsOf);
      expect(seen(anchor, 7)).toEqual(all.slice(-7 - above, -above));
    }
    expect(seen(scrollAnchor(entries, anchor, -5, 7, rowsOf), 7)).toEqual(all.slice(0, 7));
    expect(topAnchor(entries, 7, rowsOf)).toEqual(anchor);
    for (let below = 1; below < all.length - 7; below += 1) {
      anchor = scrollAnchor(entries, anchor, 1, 7, rowsOf);
      expect(seen(anchor, 7)).toEqual(all.slice(below, below + 7));
    }
    expect(scrollAnchor(entries, anchor, 1, 7, rowsOf)).toBeUndefined();
  });

  it("scrolls a page like as many single rows", () => {
    const { entries, rowsOf, seen, all } = fixture(40);
    const up = scrollAnchor(entries, undefined, -31, 7, rowsOf);
    expect(seen(up, 7)).toEqual(all.slice(-38, -31));
    expect(seen(scrollAnchor(entries, up, 12, 7, rowsOf), 7)).toEqual(all.slice(-26, -19));
    expect(scrollAnchor(entries, up, 1_000, 7, rowsOf)).toBeUndefined();
  });

  it("shows a short transcript completely", () => {
    const { entries, rowsOf, seen, all } = fixture(2);
    expect(seen(undefined, 10)).toEqual(all);
    expect(scrollAnchor(entries, undefined, -3, 10, rowsOf)).toBeUndefined();
  });

  it("lays out only visible entries", () => {
    const { entries, rowsOf, laidOut, seen } = fixture(10_000);
    seen(undefined, 30);
    const top = topAnchor(entries, 30, rowsOf);
    seen(top, 30);
    expect(laidOut.size).toBeLessThan(60);
  });
});
