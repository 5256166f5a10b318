import { type Input, KeyDecoder } from "./keys.ts";

/** How long a single Escape waits for the rest of a sequence, in milliseconds. */
const ESCAPE_WAIT_MS = 40;

/** Reads a terminal's keyboard. */
export class TerminalInput {
  readonly #stdin: NodeJS.ReadStream;
  readonly #decoder = new KeyDecoder();
  readonly #onInput: (input: Input) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(stdin: NodeJS.ReadStream, onInput: (input: Input) => void) {
    this.#stdin = stdin;
    this.#onInput = onInput;
  }

  open(): void {
    this.#stdin.setEncoding("utf8");
    if (this.#stdin.isTTY) this.#stdin.setRawMode(true);
    this.#stdin.on("data", this.#onData);
    this.#stdin.resume();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stdin.off("data", this.#onData);
    if (this.#stdin.isTTY) this.#stdin.setRawMode(false);
    this.#stdin.pause();
  }

  readonly #onData = (chunk: string | Buffer): void => {
    clearTimeout(this.#timer);
    this.#deliver(this.#decoder.push(chunk.toString()));
    if (this.#decoder.isWaiting)
      this.#timer = setTimeout(() => this.#deliver(this.#decoder.flush()), ESCAPE_WAIT_MS);
  };

  #deliver(inputs: readonly Input[]): void {
    for (const input of inputs) this.#onInput(input);
  }
}
