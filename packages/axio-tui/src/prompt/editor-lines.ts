import { type Line, type Span, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { graphemes } from "../theme/width.ts";
import { wrapCharacters } from "../theme/wrap.ts";
import type { Editor } from "./editor.ts";

/** A text that is being written as rows, with the cursor as an inverse character. */
export function editorLines(
  editor: Editor,
  width: number,
  look: TerminalStyle,
): { readonly rows: readonly Line[]; readonly cursorRow: number } {
  const { text, cursor } = editor;
  const rows: Line[] = [];
  let cursorRow = 0;
  let start = 0;
  for (const row of text.split("\n")) {
    const column = cursor - start;
    const hasCursor = column >= 0 && column <= row.length;
    const spans = hasCursor ? withCursor(row, column) : [span(row)];
    const wrapped = wrapCharacters(spans, width - 2);
    if (hasCursor) cursorRow = rows.length + wrapped.findIndex((part) => part.some(({ inverse }) => inverse));
    for (const part of wrapped) {
      rows.push([
        rows.length === 0 ? span(`${look.glyphs.prompt} `, { color: "user" }) : span("  "),
        ...part,
      ]);
    }
    start += row.length + 1;
  }
  return { rows, cursorRow };
}

function withCursor(row: string, column: number): readonly Span[] {
  const under = graphemes(row.slice(column, column + 64))[0] ?? "";
  return [
    span(row.slice(0, column)),
    span(under === "" ? " " : under, { inverse: true }),
    span(row.slice(column + under.length)),
  ].filter(({ text }) => text !== "");
}
