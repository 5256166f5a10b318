import { HeadTailBuffer } from "axio/internal";
import { ControlParser, type TerminalAction } from "./control-parser.ts";
import type { Row } from "./row.ts";
import { Screen, type ScreenListener } from "./screen.ts";

/** How often a line that a program redraws is shown while it changes. */
const REDRAW_INTERVAL_MS = 1_000;
/** DEC private modes of the alternate screen. */
const ALTERNATE_SCREEN = /^\?(?:47|1047|1049)$/;

/**
 * Turns the output of a program into what a terminal would show at its end: carriage returns, backspaces, erasing and cursor
 * movement take effect; colors, titles and what was drawn on the alternate screen disappear. Memory is bounded, and time is
 * linear in the output.
 */
export class TerminalOutput {
  readonly #scrolledOut: HeadTailBuffer;
  readonly #now: () => number;
  readonly #main: Screen;
  /** The screen of a program that uses the whole terminal, such as an editor. */
  #alternate: Screen | undefined;
  #live: string[] = [];
  /** The text of each redrawn row as it was shown last. */
  #shown = new WeakMap<Row, string>();
  #shownAt: number;

  /**
   * @param limit How many characters of the text to keep.
   * @param now The clock, in milliseconds.
   */
  constructor(limit: number, now: () => number = Date.now) {
    this.#scrolledOut = new HeadTailBuffer(limit);
    this.#now = now;
    this.#shownAt = now();
    this.#main = new Screen({
      onScrolledOut: (text) => this.#scrolledOut.add(text),
      onAppended: (text) => this.#live.push(text),
      onRedrawn: (row) => this.#live.push(this.#newText(row)),
      onNewRow: () => this.#live.push("\n"),
    });
  }

  /** Returns a function that adds the output of one pipe, and returns what to show of it at once: text that only grows. */
  pipe(): (chunk: string) => string {
    const parser = new ControlParser();
    return (chunk) => {
      parser.parse(chunk, (action) => this.#apply(action));
      const now = this.#now();
      if (this.#live.length > 0) this.#shownAt = now;
      else if (now - this.#shownAt >= REDRAW_INTERVAL_MS) this.#showRedrawn(now);
      return this.#takeLive();
    };
  }

  /** Returns what was not shown yet, when there is no more output. */
  end(): string {
    const row = this.#main.lastRow;
    if (row.isRedrawn) this.#live.push(this.#newText(row));
    return this.#takeLive();
  }

  /** Returns the text. If it is too long, a line in the middle says how much is missing. */
  text(): string {
    const buffer = this.#scrolledOut.clone();
    buffer.add(this.#main.text());
    const alternate = this.#alternate?.text() ?? "";
    if (alternate !== "") buffer.add(`\n${alternate}`);
    return buffer.text();
  }

  #apply(action: TerminalAction): void {
    if (action.type === "sequence" && ALTERNATE_SCREEN.test(action.parameters)) {
      const isEntered = action.final === "h";
      this.#alternate = isEntered ? new Screen(IGNORED) : undefined;
      if (action.parameters === "?1049") this.#main.apply({ type: "escape", final: isEntered ? "7" : "8" });
      return;
    }
    (this.#alternate ?? this.#main).apply(action);
  }

  #showRedrawn(now: number): void {
    const row = this.#main.redrawn;
    if (row === undefined) return;
    this.#live.push(this.#newText(row));
    this.#shownAt = now;
  }

  /** Returns the text of a redrawn row as far as it was not shown. */
  #newText(row: Row): string {
    const { text } = row;
    const shown = this.#shown.get(row) ?? row.appended;
    this.#shown.set(row, text);
    if (text.startsWith(shown)) return text.slice(shown.length);
    return `\n${text}`;
  }

  #takeLive(): string {
    const text = this.#live.join("");
    this.#live = [];
    return text;
  }
}

const IGNORED: ScreenListener = {
  onScrolledOut: () => undefined,
  onAppended: () => undefined,
  onRedrawn: () => undefined,
  onNewRow: () => undefined,
};
