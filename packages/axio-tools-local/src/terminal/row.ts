import { eastAsianWidth } from "get-east-asian-width";

/** The longest row. A terminal would wrap a longer line. */
export const MAX_COLUMNS = 4_000;

const TAB_WIDTH = 8;
/** Enough for a letter with its marks. */
const MAX_CELL_LENGTH = 32;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/**
 * A row of a terminal. Text that is only appended is kept as it is. The first overwrite divides it into cells: one string per
 * column, empty for the second column of a wide character and for the rest of a tab.
 */
export class Row {
  #text = "";
  #appended = "";
  #cells: string[] | undefined;

  /** Whether the program wrote over its own text. */
  get isRedrawn(): boolean {
    return this.#cells !== undefined;
  }

  get text(): string {
    if (this.#cells === undefined) return this.#text;
    // Programs erase with spaces, too.
    return this.#cells.join("").trimEnd();
  }

  get isEmpty(): boolean {
    return this.#cells === undefined ? this.#text === "" : this.#cells.length === 0;
  }

  /** The text before the first overwrite. */
  get appended(): string {
    return this.#cells === undefined ? this.#text : this.#appended;
  }

  /** The number of columns. */
  get width(): number {
    return this.#divided().length;
  }

  /** A lower bound of the length, without dividing the row. */
  get size(): number {
    return this.#cells?.length ?? this.#text.length;
  }

  /** Adds text at the end of a row that was not redrawn. */
  append(text: string): void {
    this.#text += text;
  }

  /** Writes text at a column. Returns the column after it, and the text that did not fit. */
  write(column: number, text: string): { readonly column: number; readonly rest: string } {
    const cells = this.#divided();
    let at = column;
    let written = 0;
    for (const character of text) {
      const width = columnsOf(character);
      if (width === 0) addMark(cells, at, character);
      else if (at + width > MAX_COLUMNS) break;
      else at = this.#put(at, character, width);
      written += character.length;
    }
    return { column: at, rest: text.slice(written) };
  }

  /** Moves to the next tab stop. Returns its column. */
  tab(column: number): number {
    const next = column + TAB_WIDTH - (column % TAB_WIDTH);
    if (column >= this.width && next <= MAX_COLUMNS) this.#put(column, "\t", next - column);
    return Math.min(next, MAX_COLUMNS - 1);
  }

  /** Replaces columns with spaces. */
  erase(from: number, to: number): void {
    const cells = this.#divided();
    if (to >= cells.length) {
      this.#separate(from);
      cells.length = Math.min(cells.length, from);
      return;
    }
    this.#separate(from);
    this.#separate(to);
    cells.fill(" ", from, to);
  }

  /** Removes columns, so that what follows them moves to the left. */
  delete(column: number, count: number): void {
    const cells = this.#divided();
    this.#separate(column);
    this.#separate(column + count);
    cells.splice(column, count);
  }

  /** Inserts spaces, so that what follows moves to the right. */
  insert(column: number, count: number): void {
    const cells = this.#divided();
    if (column >= cells.length) return;
    this.#separate(column);
    const added = Math.min(count, MAX_COLUMNS - cells.length);
    cells.splice(column, 0, ...new Array<string>(Math.max(0, added)).fill(" "));
  }

  #put(column: number, character: string, width: number): number {
    const cells = this.#divided();
    while (cells.length < column) cells.push(" ");
    this.#separate(column);
    this.#separate(column + width);
    cells[column] = character;
    for (let at = column + 1; at < column + width; at += 1) cells[at] = "";
    return column + width;
  }

  /** Replaces a wide character that a column would cut in two with spaces. */
  #separate(column: number): void {
    const cells = this.#divided();
    if (cells[column] !== "") return;
    let start = column;
    while (start > 0 && cells[start] === "") start -= 1;
    let end = column;
    while (cells[end] === "") end += 1;
    cells.fill(" ", start, end);
  }

  #divided(): string[] {
    if (this.#cells !== undefined) return this.#cells;
    const cells: string[] = [];
    this.#cells = cells;
    let at = 0;
    for (const character of this.#text) {
      if (character === "\t") at = this.tab(at);
      else {
        const width = columnsOf(character);
        if (width === 0) addMark(cells, at, character);
        else at = this.#put(at, character, width);
      }
    }
    this.#appended = this.#text;
    this.#text = "";
    return cells;
  }
}

function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  return ZERO_WIDTH.test(character) ? 0 : eastAsianWidth(code);
}

function addMark(cells: string[], column: number, mark: string): void {
  let at = Math.min(column, cells.length) - 1;
  while (at > 0 && cells[at] === "") at -= 1;
  const cell = cells[at];
  if (cell !== undefined && cell.length < MAX_CELL_LENGTH) cells[at] = cell + mark;
}
