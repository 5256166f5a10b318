import type { Line } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import type { Entry } from "../transcript/entries.ts";
import { entryLines } from "../transcript/entry-lines.ts";
import { isHighlighterLoaded } from "../transcript/highlight.ts";
import { PieceCache } from "../transcript/piece-cache.ts";

const MOST_ENTRIES = 1_000;

/** Keeps the rows of entries that did not change since they were laid out. */
export class RowCache {
  readonly #pieces = new PieceCache();
  /** By the entry's id, so that of one that grows only the newest is kept: each of them holds the whole text. */
  readonly #rows = new Map<number, { readonly entry: Entry; readonly rows: readonly Line[] }>();
  #made:
    | {
        readonly width: number;
        readonly look: TerminalStyle;
        readonly isExpanded: boolean;
        readonly isHighlighted: boolean;
      }
    | undefined;

  /** What gives the rows of an entry, with an empty one before it. */
  rowsFor(
    width: number,
    look: TerminalStyle,
    isExpanded: boolean,
  ): (entry: Entry, index: number) => readonly Line[] {
    const isHighlighted = isHighlighterLoaded();
    const made = this.#made;
    const isSame =
      made?.width === width &&
      made.look === look &&
      made.isExpanded === isExpanded &&
      made.isHighlighted === isHighlighted;
    if (!isSame) {
      this.#rows.clear();
      this.#made = { width, look, isExpanded, isHighlighted };
    }
    this.#pieces.nextFrame(isSame);
    const layout = { width, look, isExpanded, pieces: this.#pieces };
    return (entry, index) => {
      const known = this.#rows.get(entry.id);
      if (known?.entry === entry) return known.rows;
      const content = entryLines(entry, layout);
      const rows = index === 0 ? content : [[], ...content];
      const [oldest] = this.#rows.keys();
      const isFull = known === undefined && this.#rows.size >= MOST_ENTRIES;
      if (isFull && oldest !== undefined) this.#rows.delete(oldest);
      this.#rows.set(entry.id, { entry, rows });
      return rows;
    };
  }
}
