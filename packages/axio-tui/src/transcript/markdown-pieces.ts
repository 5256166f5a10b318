/** A part of a Markdown text that can be laid out by itself. */
export interface MarkdownPiece {
  readonly text: string;
  /** Set where the piece is the inside of a fence that was cut: the fence's language. */
  readonly codeLanguage?: string;
}

/** What is cut off where no better place is found, in characters: laying out a piece must fit into a frame. */
const LONGEST_PIECE = 8_192;

/**
 * Cuts a Markdown text at blank lines outside of fences, so that of a text that grows only the last piece changes. A long fence
 * is cut at a line, and a paragraph without end at a space.
 */
export function cutMarkdown(text: string): readonly MarkdownPiece[] {
  const pieces: MarkdownPiece[] = [];
  let start = 0;
  let fence: { readonly marker: string; readonly language: string; isCut: boolean } | undefined;
  const push = (end: number): void => {
    if (end > start) {
      const piece = text.slice(start, end);
      if (piece.trim() !== "")
        pieces.push(fence?.isCut ? { text: piece, codeLanguage: fence.language } : { text: piece });
    }
    start = end;
  };
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline + 1;
    const row = text.slice(at, Math.min(end, at + 200)).trimEnd();
    const mark = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/.exec(row);
    if (fence === undefined) {
      if (mark?.[1] !== undefined) {
        fence = { marker: mark[1], language: mark[2] ?? "", isCut: false };
      } else if (
        row === "" &&
        newline >= 0 &&
        !mayGoOn(text.slice(start, start + 40), text.slice(end, end + 8))
      ) {
        push(end);
      }
    } else if (mark?.[1]?.startsWith(fence.marker) && mark[2] === "") {
      if (fence.isCut) {
        push(at);
        start = end;
      }
      fence = undefined;
    }
    if (end - start > LONGEST_PIECE && newline >= 0) {
      // The row of the opening fence stays with the first piece, which is a fence without end.
      push(end);
      if (fence !== undefined) fence = { ...fence, isCut: true };
    }
    while (end - start > 2 * LONGEST_PIECE) push(cutLongRow(text, start));
    at = end;
  }
  push(text.length);
  return pieces;
}

const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;

/** Whether what follows a blank line may belong to the piece before it: to a list. Where too little has come to tell, it may. */
function mayGoOn(piece: string, next: string): boolean {
  if (next === "") return true;
  if (!ITEM.test(piece)) return false;
  return /^[ \t\n]/.test(next) || ITEM.test(next) || /^(?:[-*+]|\d{1,9}[.)]?)$/.test(next);
}

function cutLongRow(text: string, start: number): number {
  const space = text.lastIndexOf(" ", start + LONGEST_PIECE);
  return space > start ? space + 1 : start + LONGEST_PIECE;
}
