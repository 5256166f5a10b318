import { createInterface, type Interface } from "node:readline";
import { AxioError, abortedError } from "axio";
import type { CliIo } from "./io.ts";

/** Reads lines from stdin while other things are being printed. Close it, or the process stays. */
export class LineReader {
  readonly #io: CliIo;
  #interface: Interface | undefined;
  #isAtEnd = false;
  readonly #lines: string[] = [];
  #waiting: (() => void) | undefined;

  constructor(io: CliIo) {
    this.#io = io;
  }

  /**
   * Asks for a line.
   *
   * @throws AxioError `login-failed` where stdin ends first, `aborted`.
   */
  async ask(question: string, signal: AbortSignal): Promise<string> {
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
    throw new AxioError(
      "login-failed",
      "The input ended before an address was pasted. Start the sign-in again.",
    );
  }

  /** Takes the open question off the terminal, so that something can be printed; {@link show} brings it back. */
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
    // A terminal that is still read would keep the process from ending.
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
      ...(isTerminal ? { output: stderr } : {}),
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
    // As a key, Ctrl-C reaches nobody else.
    lines.on("SIGINT", interrupt);
    this.#interface = lines;
    return lines;
  }
}
