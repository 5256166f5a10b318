/** A line that matches. */
export interface FoundLine {
  readonly number: number;
  readonly text: string;
}

const MAX_LINE_CHARACTERS = 300;

/** Returns the lines that match a pattern, up to `max`. A very long line is truncated around the match. */
export function searchText(text: string, pattern: RegExp, max: number): readonly FoundLine[] {
  const found: FoundLine[] = [];
  let number = 0;
  for (let start = 0; start <= text.length && found.length < max; ) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end === -1 ? text.length : end).replace(/\r$/, "");
    number += 1;
    const match = line === "" && end === -1 && start > 0 ? null : pattern.exec(line);
    if (match !== null) found.push({ number, text: truncateAround(line, match.index) });
    if (end === -1) break;
    start = end + 1;
  }
  return found;
}

function truncateAround(line: string, offset: number): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const start = Math.max(0, Math.min(offset - MAX_LINE_CHARACTERS / 3, line.length - MAX_LINE_CHARACTERS));
  const end = start + MAX_LINE_CHARACTERS;
  return `${start > 0 ? "…" : ""}${line.slice(start, end)}${end < line.length ? "…" : ""}`;
}
