const MAX_LINE_CHARACTERS = 1_000;
/** How much of the beginning and the end of a long line is shown. */
const EDGE = 200;
/** How much is shown before and after each end of the part that changes. */
const [OUTSIDE, INSIDE] = [50, 250];

/**
 * Shortens the long lines of a unified diff. A removed line and the added line in its place keep the parts where they differ;
 * otherwise they could look the same.
 */
export function shortenLines(lines: readonly string[]): readonly string[] {
  const shortened = [...lines];
  for (let at = 0; at < lines.length; ) {
    const removed = countWith(lines, "-", at);
    const added = countWith(lines, "+", at + removed);
    for (let index = 0; index < Math.max(removed, added); index += 1) {
      const oldAt = index < removed ? at + index : undefined;
      const newAt = index < added ? at + removed + index : undefined;
      const oldLine = oldAt === undefined ? "" : (lines[oldAt] ?? "");
      const newLine = newAt === undefined ? "" : (lines[newAt] ?? "");
      if (oldAt !== undefined) shortened[oldAt] = shorten(oldLine, newLine);
      if (newAt !== undefined) shortened[newAt] = shorten(newLine, oldLine);
    }
    if (removed + added === 0) shortened[at] = shorten(lines[at] ?? "", "");
    at += Math.max(1, removed + added);
  }
  return shortened;
}

function countWith(lines: readonly string[], sign: string, from: number): number {
  let count = 0;
  while (lines[from + count]?.startsWith(sign) === true) count += 1;
  return count;
}

/** Keeps the edges of a line, and the ends of the part in which it differs from another one. */
function shorten(line: string, other: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const max = Math.min(line.length, other.length);
  // The signs of the diff differ.
  let start = 1;
  while (start < max && line[start] === other[start]) start += 1;
  let same = 0;
  while (same < max - start && line.at(-1 - same) === other.at(-1 - same)) same += 1;
  const end = line.length - same;
  const kept = [
    [0, EDGE],
    [start - OUTSIDE, start + INSIDE],
    [end - INSIDE, end + OUTSIDE],
    [line.length - EDGE, line.length],
  ] as const;
  let text = "";
  let shown = 0;
  for (const [from, to] of kept) {
    const first = Math.max(shown, from);
    if (first > shown) text += ` … ${first - shown} more characters … `;
    if (to > first) text += line.slice(first, to);
    shown = Math.max(shown, Math.min(to, line.length));
  }
  return text;
}
