import type { TerminalAction } from "./control-parser.ts";
import { MAX_COLUMNS, Row } from "./row.ts";

/** The rows that the cursor can reach. */
export const SCREEN_ROWS = 100;

const [BS, TAB, LF] = [0x08, 0x09, 0x0a];

/** The events of a screen. */
export interface ScreenListener {
  /** Text that left the screen at its top. It cannot change any more. */
  onScrolledOut(text: string): void;
  /** Text was added at the end of the last row. */
  onAppended(text: string): void;
  /** The last row, which the program wrote over, will not change any more for now. */
  onRedrawn(row: Row): void;
  /** A row below the last one begins. */
  onNewRow(): void;
}

/** The rows of a terminal of any width, and its cursor. */
export class Screen {
  readonly #listener: ScreenListener;
  #rows: Row[] = [new Row()];
  #row = 0;
  /** `undefined` at the end of the row, so that its width need not be known. */
  #column: number | undefined;
  #saved = { row: 0, column: 0 };
  /** The row that was redrawn last. */
  redrawn: Row | undefined;

  constructor(listener: ScreenListener) {
    this.#listener = listener;
  }

  get lastRow(): Row {
    return this.#rows.at(-1) ?? new Row();
  }

  /** The text on the screen. Empty rows at its end are left out. */
  text(): string {
    let end = this.#rows.length;
    while (end > this.#row + 1 && this.#rows[end - 1]?.text === "") end -= 1;
    return this.#rows
      .slice(0, end)
      .map(({ text }) => text)
      .join("\n");
  }

  apply(action: TerminalAction): void {
    switch (action.type) {
      case "print":
        this.#print(action.text);
        return;
      case "control":
        this.#control(action.code);
        return;
      case "escape":
        this.#escape(action.final);
        return;
      case "sequence":
        this.#sequence(action.final, action.parameters);
        return;
    }
  }

  #print(text: string): void {
    const row = this.#current();
    const isLast = this.#row === this.#rows.length - 1;
    if (!row.isRedrawn && (this.#column === undefined || (this.#column === 0 && row.isEmpty))) {
      row.append(text);
      this.#column = undefined;
      if (isLast) this.#listener.onAppended(text);
      if (isLast && row.size >= MAX_COLUMNS) this.#flushLastRow();
      return;
    }
    const { column, rest } = row.write(this.#columnNumber(), text);
    this.#column = column;
    this.redrawn = row;
    if (rest === "" || !isLast) return;
    this.#listener.onRedrawn(row);
    this.#flushLastRow();
    this.#print(rest);
  }

  #control(code: number): void {
    switch (code) {
      case LF:
        this.#newLine();
        return;
      case BS:
        this.#column = Math.max(0, this.#columnNumber() - 1);
        return;
      case TAB:
        if (this.#column === undefined && !this.#current().isRedrawn) this.#print("\t");
        else this.#column = this.#current().tab(this.#columnNumber());
        return;
      default:
        this.#column = 0;
    }
  }

  #newLine(): void {
    this.#column = 0;
    if (this.#row < this.#rows.length - 1) {
      this.#row += 1;
      return;
    }
    if (this.#current().isRedrawn) this.#listener.onRedrawn(this.#current());
    this.#listener.onNewRow();
    this.#addRow();
    this.#row = this.#rows.length - 1;
    this.#column = undefined;
  }

  #addRow(): void {
    this.#rows.push(new Row());
    if (this.#rows.length <= SCREEN_ROWS) return;
    this.#listener.onScrolledOut(`${this.#rows.shift()?.text ?? ""}\n`);
  }

  /** Moves everything off the screen and goes on in the same line, because a line may have any length. */
  #flushLastRow(): void {
    this.#listener.onScrolledOut(this.#rows.map(({ text }) => text).join("\n"));
    this.#rows = [new Row()];
    this.#row = 0;
    this.#column = undefined;
  }

  #escape(final: string): void {
    switch (final) {
      case "7":
        this.#saved = { row: this.#row, column: this.#columnNumber() };
        return;
      case "8":
        this.#moveTo(this.#saved.row, this.#saved.column);
        return;
      case "D":
        this.#moveTo(this.#row + 1);
        return;
      case "E":
        this.#newLine();
        return;
      case "M":
        this.#moveTo(this.#row - 1);
        return;
      case "c":
        this.#clear();
        this.#row = 0;
        this.#column = 0;
        return;
    }
  }

  #sequence(final: string, parameters: string): void {
    if (/[^\d;]/.test(parameters)) return;
    const values = parameters.split(";").map(Number);
    const count = values[0] || 1;
    const column = (): number => this.#columnNumber();
    switch (final) {
      case "A":
      case "F":
        this.#moveTo(this.#row - count, final === "F" ? 0 : undefined);
        return;
      case "B":
      case "E":
        this.#moveTo(this.#row + count, final === "E" ? 0 : undefined);
        return;
      case "C":
        this.#column = Math.min(column() + count, MAX_COLUMNS - 1);
        return;
      case "D":
        this.#column = Math.max(0, column() - count);
        return;
      case "G":
      case "`":
        this.#column = Math.min(count, MAX_COLUMNS) - 1;
        return;
      case "d":
        this.#moveTo(count - 1);
        return;
      case "H":
      case "f":
        this.#moveTo(count - 1, Math.min(values[1] || 1, MAX_COLUMNS) - 1);
        return;
      case "s":
        this.#escape("7");
        return;
      case "u":
        this.#escape("8");
        return;
      case "J":
        this.#eraseDisplay(values[0] ?? 0);
        return;
      case "L":
      case "M":
        this.#moveRows(final, Math.min(count, SCREEN_ROWS));
        return;
      case "K":
      case "X":
      case "P":
      case "@":
        this.#editRow(final, values[0] ?? 0, Math.min(count, MAX_COLUMNS));
        return;
    }
  }

  #editRow(final: "K" | "X" | "P" | "@", mode: number, count: number): void {
    const row = this.#current();
    const column = this.#columnNumber();
    this.#column = column;
    this.redrawn = row;
    if (final === "X") row.erase(column, column + count);
    else if (final === "P") row.delete(column, count);
    else if (final === "@") row.insert(column, count);
    else if (mode === 1) row.erase(0, column + 1);
    else row.erase(mode === 2 ? 0 : column, MAX_COLUMNS);
  }

  #eraseDisplay(mode: number): void {
    if (mode === 2) this.#clear();
    else if (mode === 0) {
      this.#editRow("K", 0, 1);
      this.#rows.length = this.#row + 1;
    } else if (mode === 1) {
      for (let at = 0; at < this.#row; at += 1) this.#rows[at] = new Row();
      this.#editRow("K", 1, 1);
    }
  }

  #clear(): void {
    this.#column = this.#columnNumber();
    this.#rows.length = this.#row + 1;
    this.#rows = this.#rows.map((row) => (row.isEmpty ? row : new Row()));
  }

  #moveRows(final: "L" | "M", count: number): void {
    if (final === "M") this.#rows.splice(this.#row, count);
    else this.#rows.splice(this.#row, 0, ...Array.from({ length: count }, () => new Row()));
    this.#rows.length = Math.min(this.#rows.length, SCREEN_ROWS);
    while (this.#rows.length <= this.#row) this.#rows.push(new Row());
    this.#column = 0;
  }

  /** Moves the cursor as far as the screen goes. Default: keeps the column. */
  #moveTo(row: number, column: number = this.#columnNumber()): void {
    this.#column = column;
    this.#row = Math.max(0, Math.min(row, SCREEN_ROWS - 1));
    while (this.#rows.length <= this.#row) this.#rows.push(new Row());
  }

  #current(): Row {
    return this.#rows[this.#row] ?? this.lastRow;
  }

  #columnNumber(): number {
    return this.#column ?? this.#current().width;
  }
}
