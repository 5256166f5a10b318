import type { Frame } from "../terminal/frame-writer.ts";
import type { Position } from "../theme/line.ts";
import { graphemes, textWidth } from "../theme/width.ts";

const START: Position = { row: 0, column: 0 };

/**
 * Writes to the ordinary screen, for screen readers: finished text once, and the current rows below it. Of these it
 * writes only what follows the first change, so that a typed letter is one letter of output.
 */
export class LinearWriter {
  readonly #write: (text: string) => void;
  #rows: readonly string[] = [""];
  /** Relative to the first current row. */
  #cursor = START;

  /** @param write Sends text to the terminal. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Writes finished texts, and replaces the current rows. */
  show(finished: readonly string[], { rows, cursor }: Frame): void {
    const change = finished.length > 0 ? { row: 0, prefix: "" } : firstChange(this.#rows, rows);
    let at = this.#cursor;
    let text = "";
    if (change !== undefined) {
      const { row, prefix } = change;
      const rest = [(rows[row] ?? "").slice(prefix.length), ...rows.slice(row + 1)];
      text += `${move(at, { row, column: textWidth(prefix) })}\x1b[J`;
      text += finished.map((entry) => `${entry}\n\n`).join("") + rest.join("\n");
      at = endOf(rows);
    }
    this.#rows = rows;
    this.#cursor = cursor ?? endOf(rows);
    text += move(at, this.#cursor);
    if (text !== "") this.#write(text);
  }

  /** Leaves the current rows as they are and continues below them: after a resize or foreign output, or at the end. */
  leave(): void {
    this.#write(`${move(this.#cursor, endOf(this.#rows))}\n`);
    this.#rows = [""];
    this.#cursor = START;
  }
}

/** The first row that differs, and the text that it has in common. */
function firstChange(
  before: readonly string[],
  after: readonly string[],
): { readonly row: number; readonly prefix: string } | undefined {
  const last = Math.min(before.length, after.length) - 1;
  let row = 0;
  while (row < last && before[row] === after[row]) row += 1;
  if (before.length === after.length && before[row] === after[row]) return undefined;
  return { row, prefix: commonPrefix(before[row] ?? "", after[row] ?? "") };
}

function commonPrefix(left: string, right: string): string {
  const [others, parts] = [graphemes(left), graphemes(right)];
  const end = parts.findIndex((part, index) => part !== others[index]);
  return end < 0 ? right : parts.slice(0, end).join("");
}

function endOf(rows: readonly string[]): Position {
  return { row: rows.length - 1, column: textWidth(rows.at(-1) ?? "") };
}

function move(from: Position, to: Position): string {
  if (from.row === to.row && from.column === to.column) return "";
  const rows = to.row - from.row;
  const vertical = rows === 0 ? "" : `\x1b[${Math.abs(rows)}${rows < 0 ? "A" : "B"}`;
  return `${vertical}\r${to.column === 0 ? "" : `\x1b[${to.column}C`}`;
}
