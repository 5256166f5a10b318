import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import xterm from "@xterm/headless";

/** A virtual terminal: displays the app's output on a readable screen, and types. */
export class FakeTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** The time of each frame, by `performance.now()`. */
  readonly frameTimes: number[] = [];
  /** Called after each frame with the text on the screen. */
  onFrame: () => void = () => undefined;
  readonly #input = new PassThrough();
  readonly #screen: xterm.Terminal;

  constructor(columns: number, rows: number) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
    this.stdin = Object.assign(this.#input, {
      isTTY: true,
      setRawMode: () => this.#input,
      ref: () => this.#input,
      unref: () => this.#input,
    }) as unknown as NodeJS.ReadStream;
    const output = new EventEmitter();
    this.stdout = Object.assign(output, {
      isTTY: true,
      columns,
      rows,
      write: (text: string): boolean => {
        this.frameTimes.push(performance.now());
        this.#screen.write(text, () => this.onFrame());
        return true;
      },
    }) as unknown as NodeJS.WriteStream;
  }

  type(keys: string): void {
    this.#input.write(keys);
  }

  /** Returns the rows of the screen without trailing blanks. */
  rows(): readonly string[] {
    const { active } = this.#screen.buffer;
    return Array.from(
      { length: this.#screen.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? "",
    );
  }

  /** Waits until the screen meets a condition. Returns the elapsed milliseconds. */
  until(what: string, holds: (rows: readonly string[]) => boolean, timeoutMs = 30_000): Promise<number> {
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!holds(this.rows())) return;
        settle(() => resolve(performance.now() - startedAt));
      };
      const timer = setTimeout(
        () =>
          settle(() => reject(new Error(`${what} did not come. On the screen:\n${this.rows().join("\n")}`))),
        timeoutMs,
      );
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.onFrame = () => undefined;
        act();
      };
      this.onFrame = check;
      check();
    });
  }

  dispose(): void {
    this.#screen.dispose();
    this.#input.destroy();
  }
}
