/** A line in which something was found. */
export interface FoundLine {
  readonly number: number;
  readonly text: string;
}

const MAX_SHOWN = 300;

/** The lines of a text in which a pattern is found. A very long line is cut around what was found. */
export function searchText(text: string, pattern: RegExp, most: number): readonly FoundLine[] {
  const found: FoundLine[] = [];
  let number = 0;
  for (let start = 0; start <= text.length && found.length < most; ) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end === -1 ? text.length : end).replace(/\r$/, "");
    number += 1;
    const match = line === "" && end === -1 && start > 0 ? null : pattern.exec(line);
    if (match !== null) found.push({ number, text: around(line, match.index) });
    if (end === -1) break;
    start = end + 1;
  }
  return found;
}

function around(line: string, place: number): string {
  if (line.length <= MAX_SHOWN) return line;
  const start = Math.max(0, Math.min(place - MAX_SHOWN / 3, line.length - MAX_SHOWN));
  const end = start + MAX_SHOWN;
  return `${start > 0 ? "…" : ""}${line.slice(start, end)}${end < line.length ? "…" : ""}`;
}
