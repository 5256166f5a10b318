/** A part of a Markdown text that can be laid out separately. */
export interface MarkdownPiece {
  readonly text: string;
  /** The language of the fence, if the piece is the inside of a fence that was cut. */
  readonly codeLanguage?: string | undefined;
}

/** The longest piece if there is no better place to cut, in characters. Its layout must fit into a frame. */
const LONGEST_PIECE = 8_192;

/**
 * Cuts a Markdown text at blank lines outside of fences, so that only the last piece of a growing text changes. A long fence
 * is cut at a line, and a long paragraph at a space.
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
        !mayContinue(text.slice(start, start + 40), text.slice(end, end + 8))
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
      // The opening fence belongs to the first piece, which is a fence without end.
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

/** Whether the text after a blank line may continue the list before it. True if there is too little text to tell. */
function mayContinue(piece: string, next: string): boolean {
  if (next === "") return true;
  if (!ITEM.test(piece)) return false;
  return /^[ \t\n]/.test(next) || ITEM.test(next) || /^(?:[-*+]|\d{1,9}[.)]?)$/.test(next);
}

function cutLongRow(text: string, start: number): number {
  const space = text.lastIndexOf(" ", start + LONGEST_PIECE);
  return space > start ? space + 1 : start + LONGEST_PIECE;
}
