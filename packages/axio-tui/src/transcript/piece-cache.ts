import type { Line } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { markdownLines } from "./markdown-lines.ts";
import type { MarkdownPiece } from "./markdown-pieces.ts";

/**
 * Keeps the rows of pieces of text from one frame to the next, so that of a text that grows only the end is laid out anew. What a
 * frame did not use is forgotten with the next one.
 */
export class PieceCache {
  #before = new Map<string, readonly Line[]>();
  #now = new Map<string, readonly Line[]>();

  /** Begins a frame. `isSame` says whether pieces look as they did in the last one. */
  nextFrame(isSame: boolean): void {
    // Where nothing was laid out in the last frame, what is known stays good.
    if (isSame && this.#now.size === 0) return;
    this.#before = isSame ? this.#now : new Map();
    this.#now = new Map();
  }

  rows(piece: MarkdownPiece, width: number, look: TerminalStyle): readonly Line[] {
    const language = piece.codeLanguage ?? "";
    const key = `${language}\n${piece.text}`;
    // Of the key, which is a string of its own: part of a text keeps all of it, and of a text that grows there are many.
    const rows =
      this.#now.get(key) ??
      this.#before.get(key) ??
      markdownLines({ ...piece, text: key.slice(language.length + 1) }, width, look);
    this.#now.set(key, rows);
    return rows;
  }
}
