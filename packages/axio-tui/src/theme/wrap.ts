import type { Line, Span } from "./line.ts";
import { graphemes, textWidth } from "./width.ts";

/** Spans that stay together in one row if they fit. */
interface Word {
  readonly parts: Span[];
  width: number;
  readonly isSpace: boolean;
}

/** Splits spans at line feeds. */
export function splitLines(spans: readonly Span[]): readonly Line[] {
  const rows: Span[][] = [[]];
  for (const part of spans) {
    for (const [index, text] of part.text.split("\n").entries()) {
      if (index > 0) rows.push([]);
      if (text !== "") rows.at(-1)?.push({ ...part, text });
    }
  }
  return rows;
}

/** Wraps a row at spaces, to at most `width` columns. A longer word is broken. */
export function wrapWords(row: Line, width: number): readonly Line[] {
  const room = Math.max(1, width);
  const rows: Span[][] = [[]];
  let used = 0;
  for (const word of toWords(row)) {
    if (used + word.width <= room) {
      // Keeps the indentation of the first row, but not the space at a break.
      if (word.isSpace && used === 0 && rows.length > 1) continue;
      rows.at(-1)?.push(...word.parts);
      used += word.width;
    } else if (word.isSpace) {
      rows.push([]);
      used = 0;
    } else if (word.width <= room) {
      rows.push([...word.parts]);
      used = word.width;
    } else {
      used = appendBroken(rows, word.parts, room, used);
    }
  }
  return rows.map(mergeSpans);
}

/** Wraps a row at any character, for code, whose spaces are significant. */
export function wrapCharacters(row: Line, width: number): readonly Line[] {
  const room = Math.max(1, width);
  const rows: Span[][] = [[]];
  let used = 0;
  for (const part of row) {
    if (used + part.text.length <= room && textWidth(part.text) + used <= room) {
      rows.at(-1)?.push(part);
      used += textWidth(part.text);
      continue;
    }
    used = appendBroken(rows, [part], room, used);
  }
  return rows.map(mergeSpans);
}

/** Cuts a row to a width in columns. */
export function cutLine(row: Line, width: number): Line {
  const length = row.reduce((sum, { text }) => sum + textWidth(text), 0);
  return length <= width ? row : (wrapCharacters(row, width)[0] ?? []);
}

function toWords(row: Line): readonly Word[] {
  const words: Word[] = [];
  for (const part of row) {
    for (const text of part.text.match(/\s+|\S+/g) ?? []) {
      const isSpace = /^\s/.test(text);
      const last = words.at(-1);
      const width = textWidth(text);
      if (last !== undefined && last.isSpace === isSpace) {
        last.parts.push({ ...part, text });
        last.width += width;
      } else {
        words.push({ parts: [{ ...part, text }], width, isSpace });
      }
    }
  }
  return words;
}

/** Appends parts to the last row, and breaks them at any character. Returns the width of the last row then. */
function appendBroken(rows: Span[][], parts: readonly Span[], room: number, alreadyUsed: number): number {
  let used = alreadyUsed;
  for (const part of parts) {
    let text = "";
    const push = (): void => {
      if (text !== "") rows.at(-1)?.push({ ...part, text });
    };
    for (const grapheme of graphemes(part.text)) {
      const columns = textWidth(grapheme);
      if (used + columns > room && used > 0) {
        push();
        rows.push([]);
        text = "";
        used = 0;
      }
      text += grapheme;
      used += columns;
    }
    push();
  }
  return used;
}

function mergeSpans(row: readonly Span[]): Line {
  const joined: Span[] = [];
  for (const part of row) {
    const last = joined.at(-1);
    if (last !== undefined && part.hasCursor === undefined && isSameStyle(last, part))
      joined[joined.length - 1] = { ...last, text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}

function isSameStyle(left: Span, right: Span): boolean {
  return (
    left.color === right.color &&
    left.bold === right.bold &&
    left.italic === right.italic &&
    left.underline === right.underline &&
    left.strikethrough === right.strikethrough &&
    left.inverse === right.inverse
  );
}
