/** How lines end. */
export type LineEnding = "\n" | "\r\n";

/** Returns the line ending of a text; `undefined` if it is mixed or there is only one line. */
export function lineEnding(text: string): LineEnding | undefined {
  const all = text.split("\n").length - 1;
  const crlf = text.split("\r\n").length - 1;
  if (all === 0) return undefined;
  if (crlf === 0) return "\n";
  return crlf === all ? "\r\n" : undefined;
}

/**
 * Gives a new content the line endings of the old one, unless it has CRLF itself. In a file with both, a line that stays keeps
 * its ending, and a new one gets the ending that is more common.
 */
export function withLineEndingsOf(before: string, content: string): string {
  if (content.includes("\r\n") || !before.includes("\r\n")) return content;
  const lines = before.split("\n");
  const isCrlf = (line: string): boolean => line.endsWith("\r");
  const ended = lines.slice(0, -1);
  const usual = 2 * ended.filter(isCrlf).length >= ended.length ? "\r\n" : "\n";
  const endings = new Map<string, LineEnding[]>();
  for (const line of ended) {
    const [text, ending] = isCrlf(line) ? ([line.slice(0, -1), "\r\n"] as const) : ([line, "\n"] as const);
    const known = endings.get(text);
    if (known === undefined) endings.set(text, [ending]);
    else known.push(ending);
  }
  // The last one is taken first.
  for (const known of endings.values()) known.reverse();
  return content.replace(/([^\n]*)\n/g, (_, line: string) => line + (endings.get(line)?.pop() ?? usual));
}

/** A text in which every line ends in LF, with the way back to the original. */
export class LfText {
  readonly text: string;
  readonly #original: string;
  /** The offsets in `text` of the newlines that were CRLF, ascending. */
  readonly #crlf: readonly number[];

  constructor(original: string) {
    this.#original = original;
    const crlf: number[] = [];
    for (let at = original.indexOf("\r\n"); at !== -1; at = original.indexOf("\r\n", at + 2)) {
      crlf.push(at - crlf.length);
    }
    this.#crlf = crlf;
    this.text = crlf.length === 0 ? original : original.replaceAll("\r\n", "\n");
  }

  /** Returns the original text between two offsets in `text`. */
  original(start: number, end: number): string {
    return this.#original.slice(start + this.#crlfBefore(start), end + this.#crlfBefore(end));
  }

  /** Returns a replacement for the text between two offsets, with its line endings, or else those around it. */
  replacement(start: number, end: number, newText: string): string {
    if (this.#crlf.length === 0) return newText;
    const replaced = this.original(start, end).match(/\r?\n/g) ?? [];
    const after = this.text.indexOf("\n", end);
    const before = start === 0 ? -1 : this.text.lastIndexOf("\n", start - 1);
    const near = after === -1 ? before : after;
    const usual = near === -1 ? "\n" : this.original(near, near + 1);
    let index = 0;
    return newText.replace(/\r?\n/g, (ending) => {
      const own = replaced[index] ?? replaced.at(-1) ?? usual;
      index += 1;
      return ending === "\r\n" ? ending : own;
    });
  }

  #crlfBefore(offset: number): number {
    let [low, high] = [0, this.#crlf.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#crlf[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
