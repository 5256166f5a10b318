import type { TerminalStyle } from "../terminal/terminal-style.ts";
import type { Line } from "../theme/line.ts";
import { markdownLines } from "./markdown-lines.ts";
import type { MarkdownPiece } from "./markdown-pieces.ts";

/**
 * Caches the rows of Markdown pieces from one frame to the next, so that only the end of a growing text is laid out again.
 * Rows that a frame does not use are dropped with the next one.
 */
export class PieceCache {
  #previous = new Map<string, readonly Line[]>();
  #current = new Map<string, readonly Line[]>();

  /** Begins a frame. `isSame`: its layout is that of the previous frame. */
  nextFrame(isSame: boolean): void {
    // A frame without any layout leaves the cache as it is.
    if (isSame && this.#current.size === 0) return;
    this.#previous = isSame ? this.#current : new Map();
    this.#current = new Map();
  }

  rows(piece: MarkdownPiece, width: number, terminal: TerminalStyle): readonly Line[] {
    const language = piece.codeLanguage ?? "";
    const key = `${language}\n${piece.text}`;
    // Cut from the key, a string of its own: a slice of the text would keep the whole text in memory, in each version.
    const rows =
      this.#current.get(key) ??
      this.#previous.get(key) ??
      markdownLines({ ...piece, text: key.slice(language.length + 1) }, width, terminal);
    this.#current.set(key, rows);
    return rows;
  }
}
