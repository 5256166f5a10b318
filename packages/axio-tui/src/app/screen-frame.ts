import { CURSOR, type Screen, type ScreenSize } from "axio/plugin";
import type { Frame } from "../terminal/frame-writer.ts";
import { cleanText } from "../theme/clean-text.ts";
import type { Position } from "../theme/line.ts";
import { takeWidth, textWidth } from "../theme/width.ts";

/** The sequences that a row may contain. */
const ALLOWED = new RegExp(`(\\u001b\\[[\\d;:]*m|${CURSOR.replace("\\", "\\\\")})`);

/** Renders a screen: cut to the size, and without sequences that do more than style text. */
export function screenFrame(screen: Screen, size: ScreenSize): Frame {
  let cursor: Position | undefined;
  const rows = screen
    .render(size)
    .slice(0, size.height)
    .map((source, row) => {
      const { text, column } = cutRow(source, size.width);
      if (column !== undefined) cursor ??= { row, column };
      return text;
    });
  return { rows, cursor };
}

function cutRow(
  source: string,
  width: number,
): { readonly text: string; readonly column?: number | undefined } {
  let text = "";
  let used = 0;
  let column: number | undefined;
  for (const [index, part] of source.split(ALLOWED).entries()) {
    if (part === CURSOR) column = Math.min(used, width - 1);
    else if (index % 2 === 1) text += part;
    else {
      const clean = cleanText(part, true).replaceAll("\n", " ");
      const shown = takeWidth(clean, width - used);
      text += shown;
      used = shown === clean ? used + textWidth(shown) : width;
    }
  }
  return { text, column };
}
