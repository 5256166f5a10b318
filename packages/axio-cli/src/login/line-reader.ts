import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { AxioError, abortedError } from "axio";
import type { CliIo } from "../io.ts";

/** Reads lines from stdin while other text is printed. Close it, or the process stays alive. */
export class LineReader {
  readonly #io: CliIo;
  #interface: Interface | undefined;
  #isAtEnd = false;
  #isMuted = false;
  readonly #lines: string[] = [];
  #waiting: (() => void) | undefined;

  constructor(io: CliIo) {
    this.#io = io;
  }

  /**
   * Asks for a line.
   *
   * @throws AxioError `login-failed` if stdin ends first; `aborted`.
   */
  async ask(question: string, signal: AbortSignal): Promise<string> {
    this.#isMuted = false;
    return this.#next(question, signal);
  }

  /** Asks for a line that is not shown, nor is what the user types until the next question. Throws like {@link ask}. */
  async askSecret(question: string, signal: AbortSignal): Promise<string> {
    this.#isMuted = true;
    this.#io.stderr.write(question);
    try {
      return await this.#next("", signal);
    } finally {
      if (this.#io.stdin.isTTY === true) this.#io.stderr.write("\n");
    }
  }

  async #next(question: string, signal: AbortSignal): Promise<string> {
    const lines = this.#open();
    lines.setPrompt(question);
    lines.prompt();
    const stop = (): void => this.#waiting?.();
    signal.addEventListener("abort", stop, { once: true });
    try {
      while (this.#lines.length === 0 && !this.#isAtEnd && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#waiting = resolve;
        });
      }
    } finally {
      this.#waiting = undefined;
      signal.removeEventListener("abort", stop);
    }
    if (signal.aborted) throw abortedError(signal);
    const line = this.#lines.shift();
    if (line !== undefined) return line;
    throw new AxioError("login-failed", "The input ended too early. Start the sign-in again.");
  }

  /** Removes the open question from the terminal, so that text can be printed. {@link show} restores it. */
  hide(): void {
    if (this.#isOpenOnTerminal()) this.#io.stderr.write("\r\u001b[J");
  }

  show(): void {
    if (this.#isOpenOnTerminal()) this.#interface?.prompt(true);
  }

  close(): void {
    this.hide();
    this.#waiting = undefined;
    this.#interface?.close();
    this.#interface = undefined;
    // A terminal that is still read would keep the process alive.
    this.#io.stdin.pause();
  }

  #isOpenOnTerminal(): boolean {
    return this.#waiting !== undefined && this.#io.stderr.isTTY === true;
  }

  #open(): Interface {
    if (this.#interface !== undefined) return this.#interface;
    const { stdin, stderr, interrupt } = this.#io;
    const isTerminal = stdin.isTTY === true && stderr.isTTY === true;
    const lines = createInterface({
      input: stdin,
      ...(isTerminal ? { output: this.#echo() } : {}),
      terminal: isTerminal,
      historySize: 0,
    });
    lines.on("line", (line) => {
      this.#lines.push(line);
      this.#waiting?.();
    });
    lines.on("close", () => {
      this.#isAtEnd = true;
      this.#waiting?.();
    });
    // In raw mode, Ctrl-C arrives as a key.
    lines.on("SIGINT", interrupt);
    this.#interface = lines;
    return lines;
  }

  /** Shows what the user types, except secrets. */
  #echo(): Writable {
    const { stderr } = this.#io;
    const echo = new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        if (!this.#isMuted) stderr.write(chunk);
        done();
      },
    });
    return Object.defineProperty(echo, "columns", { get: () => stderr.columns });
  }
}
