import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cursorSpan, type Line, type Span, span } from "../theme/line.ts";
import { splitLines, wrapCharacters } from "../theme/wrap.ts";
import type { Editor } from "./editor.ts";

/** Lays out text that is being edited, with the terminal's cursor at the insertion point. */
export function editorLines(editor: Editor, width: number, { symbols }: TerminalStyle): readonly Line[] {
  return splitLines(editorSpans(editor))
    .flatMap((line) => wrapCharacters(line, width - 2))
    .map((row, index) => [index === 0 ? span(`${symbols.prompt} `, { color: "user" }) : span("  "), ...row]);
}

/** The text as spans, with the terminal's cursor at the insertion point. */
export function editorSpans({ text, cursor }: Editor): readonly Span[] {
  const after = text.slice(cursor);
  // At the end of a line a space takes the cursor, which moves to a new row if this one is full.
  const isLineEnd = after === "" || after.startsWith("\n");
  return [span(text.slice(0, cursor)), cursorSpan(isLineEnd ? ` ${after}` : after)];
}
