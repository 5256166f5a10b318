import type { Line } from "../theme/line.ts";
import type { Look } from "../theme/look.ts";
import { isHighlighterLoaded } from "./highlight.ts";
import { markdownLines } from "./markdown-lines.ts";
import type { MarkdownPiece } from "./markdown-pieces.ts";

const MOST_PIECES = 512;

/** Keeps the rows of pieces of text, so that of a text that grows only the end is laid out anew. */
export class PieceCache {
  readonly #rows = new Map<string, readonly Line[]>();
  #made: { readonly width: number; readonly look: Look; readonly isHighlighted: boolean } | undefined;

  rows(piece: MarkdownPiece, width: number, look: Look): readonly Line[] {
    const isHighlighted = isHighlighterLoaded();
    const made = this.#made;
    if (made?.width !== width || made.look !== look || made.isHighlighted !== isHighlighted) {
      this.#rows.clear();
      this.#made = { width, look, isHighlighted };
    }
    const language = piece.codeLanguage ?? "";
    const key = `${language}\n${piece.text}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    // Of the key, which is a string of its own: part of a text keeps all of it, and of a text that grows there are many.
    const rows = markdownLines({ ...piece, text: key.slice(language.length + 1) }, width, look);
    const [oldest] = this.#rows.keys();
    if (this.#rows.size >= MOST_PIECES && oldest !== undefined) this.#rows.delete(oldest);
    this.#rows.set(key, rows);
    return rows;
  }
}
