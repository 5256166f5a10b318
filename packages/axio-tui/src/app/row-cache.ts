import type { TerminalStyle } from "../terminal/terminal-style.ts";
import type { Line } from "../theme/line.ts";
import type { Entry } from "../transcript/entries.ts";
import { entryLines } from "../transcript/entry-lines.ts";
import { isHighlighterLoaded } from "../transcript/highlight.ts";
import { PieceCache } from "../transcript/piece-cache.ts";

/** How many entries are cached. */
const MAX_ENTRIES = 1_000;

/** Caches the rows of entries. */
export class RowCache {
  readonly #pieces = new PieceCache();
  /** By entry id, so that only the newest version of a growing entry is cached: each holds the whole text. */
  readonly #rows = new Map<number, { readonly entry: Entry; readonly rows: readonly Line[] }>();
  /** How the cached rows are laid out. */
  #layout:
    | {
        readonly width: number;
        readonly terminal: TerminalStyle;
        readonly isExpanded: boolean;
        readonly isHighlighted: boolean;
      }
    | undefined;

  /** Returns the function that lays out an entry, with an empty row before it. */
  rowsFor(
    width: number,
    terminal: TerminalStyle,
    isExpanded: boolean,
  ): (entry: Entry, index: number) => readonly Line[] {
    const isHighlighted = isHighlighterLoaded();
    const cached = this.#layout;
    const isSame =
      cached?.width === width &&
      cached.terminal === terminal &&
      cached.isExpanded === isExpanded &&
      cached.isHighlighted === isHighlighted;
    if (!isSame) {
      this.#rows.clear();
      this.#layout = { width, terminal, isExpanded, isHighlighted };
    }
    this.#pieces.nextFrame(isSame);
    const layout = { width, terminal, isExpanded, pieces: this.#pieces };
    return (entry, index) => {
      const existing = this.#rows.get(entry.id);
      if (existing?.entry === entry) return existing.rows;
      const content = entryLines(entry, layout);
      const rows = index === 0 ? content : [[], ...content];
      const [oldest] = this.#rows.keys();
      const isFull = existing === undefined && this.#rows.size >= MAX_ENTRIES;
      if (isFull && oldest !== undefined) this.#rows.delete(oldest);
      this.#rows.set(entry.id, { entry, rows });
      return rows;
    };
  }
}
