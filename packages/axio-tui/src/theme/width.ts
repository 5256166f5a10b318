import stringWidth from "string-width";

const ASCII = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How many columns a text takes. */
export function textWidth(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** The characters as people see them: an accent or a skin tone belongs to what it stands on. */
export function graphemes(text: string): readonly string[] {
  if (ASCII.test(text)) return [...text];
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** As much of the beginning as fits. */
export function takeWidth(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, width));
  let taken = "";
  let room = width;
  // A screen is never wider than this, and the text may be a megabyte.
  for (const grapheme of graphemes(text.slice(0, width * 8))) {
    room -= textWidth(grapheme);
    if (room < 0) break;
    taken += grapheme;
  }
  return taken;
}

/** The text, cut with `ellipsis` where it is wider. */
export function truncate(text: string, width: number, ellipsis: string): string {
  if (text.length <= width * 8 && textWidth(text) <= width) return text;
  const room = width - textWidth(ellipsis);
  return room <= 0 ? takeWidth(text, width) : takeWidth(text, room) + ellipsis;
}
