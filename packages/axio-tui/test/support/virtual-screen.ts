import { EventEmitter } from "node:events";
import { graphemes, textWidth } from "../../src/theme/width.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins a sequence
const OUTPUT = /\u001b\[([?0-9;]*)([A-Za-z])|([^\u001b]+)/g;

/** The screen of a terminal, as far as the app uses it: text, positions, erasing, the cursor. Styles are ignored. */
export class VirtualScreen extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** The whole output. */
  written = "";
  /** The output since the app left the alternate screen. */
  after = "";
  /** Whether the app writes line by line, so that there is no screen. */
  isLinear = false;
  #isLeft = false;
  #cells: string[][] = [];
  #row = 0;
  #column = 0;
  #isCursorShown = true;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#clear();
  }

  write(text: string, done?: () => void): boolean {
    this.written += text;
    // What follows appears on the screen of the shell.
    if (text.includes("\x1b[?1049l")) this.#isLeft = true;
    if (this.#isLeft) this.after += text;
    else if (!this.isLinear) this.#apply(text);
    this.emit("drawn");
    done?.();
    return true;
  }

  /** The text before and after the visible cursor, in its row; `undefined` if the cursor is hidden. */
  cursor(): string | undefined {
    if (!this.#isCursorShown) return undefined;
    const row = this.#cells[this.#row] ?? [];
    const before = Array.from({ length: this.#column }, (_, column) => row[column] ?? " ");
    return `${before.join("")}|${row.slice(this.#column).join("").trimEnd()}`;
  }

  /** The screen without spaces at the ends of rows. */
  text(): string {
    return this.#cells.map((row) => row.join("").trimEnd()).join("\n");
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#clear();
    this.emit("resize");
  }

  /** Waits until the screen shows a text, or a condition holds. */
  async shows(wanted: string | RegExp | ((screen: string) => boolean)): Promise<string> {
    const isThere = (): boolean => {
      const screen = this.text();
      if (typeof wanted === "function") return wanted(screen);
      return typeof wanted === "string" ? screen.includes(wanted) : wanted.test(screen);
    };
    while (!isThere()) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          this.off("drawn", go);
          reject(new Error(`The screen does not show ${String(wanted)}:\n${this.text()}`));
        }, 20_000);
        const go = (): void => {
          clearTimeout(timer);
          resolve();
        };
        this.once("drawn", go);
      });
    }
    return this.text();
  }

  #clear(): void {
    this.#cells = Array.from({ length: this.rows }, () => []);
    this.#row = 0;
    this.#column = 0;
  }

  #apply(text: string): void {
    for (const [, parameters = "", final, plain] of text.matchAll(OUTPUT)) {
      if (plain !== undefined) this.#print(plain);
      else if (final === "H") {
        const [row = 1, column = 1] = parameters.split(";").map(Number);
        this.#row = (row || 1) - 1;
        this.#column = (column || 1) - 1;
      } else if (final === "K") this.#cells[this.#row] = [];
      else if (final === "J") this.#clear();
      else if (parameters === "?25") this.#isCursorShown = final === "h";
    }
  }

  #print(text: string): void {
    for (const grapheme of graphemes(text)) {
      const row = this.#cells[this.#row];
      if (row === undefined)
        throw new Error(`Row ${this.#row + 1} is beyond the screen's ${this.rows} rows.`);
      const width = textWidth(grapheme);
      if (this.#column + width > this.columns)
        throw new Error(`${JSON.stringify(text)} goes beyond the ${this.columns} columns of the screen.`);
      while (row.length < this.#column) row.push(" ");
      row[this.#column] = grapheme;
      // A wide character fills two cells.
      for (let at = 1; at < width; at += 1) row[this.#column + at] = "";
      this.#column += width;
    }
  }
}

/** The keyboard of a terminal. */
export class VirtualKeyboard extends EventEmitter {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }

  setEncoding(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  pause(): this {
    return this;
  }

  /** Sends what the terminal sends for keys. */
  type(text: string): void {
    this.emit("data", text);
  }
}

/** The sequences of keys. */
export const KEYS = {
  enter: "\r",
  escape: "\x1b",
  up: "\x1b[A",
  down: "\x1b[B",
  pageUp: "\x1b[5~",
  pageDown: "\x1b[6~",
  ctrlHome: "\x1b[1;5H",
  ctrlEnd: "\x1b[1;5F",
  ctrlC: "\x03",
  ctrlO: "\x0f",
  tab: "\t",
  backspace: "\x7f",
} as const;
