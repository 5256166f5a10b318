import stringWidth from "string-width";

const ASCII = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The width of a text in columns. */
export function textWidth(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** Splits a text into user-perceived characters. */
export function graphemes(text: string): readonly string[] {
  if (ASCII.test(text)) return [...text];
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Returns the longest beginning of a text that fits. */
export function takeWidth(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, width));
  let taken = "";
  let room = width;
  // No more is needed, and the text may be a megabyte.
  for (const grapheme of graphemes(text.slice(0, width * 8))) {
    room -= textWidth(grapheme);
    if (room < 0) break;
    taken += grapheme;
  }
  return taken;
}

/** Cuts a text that is wider, and appends `ellipsis`. */
export function truncate(text: string, width: number, ellipsis: string): string {
  if (text.length <= width * 8 && textWidth(text) <= width) return text;
  const room = width - textWidth(ellipsis);
  return room <= 0 ? takeWidth(text, width) : takeWidth(text, room) + ellipsis;
}
