import { EventEmitter } from "node:events";
import { type Input, KeyDecoder } from "./keys.ts";

/** How long a single Escape is waited on for the rest of a sequence, in milliseconds. */
const ESCAPE_WAIT = 40;

/**
 * Reads a terminal's keyboard. What it says goes to the app; while a plugin's screen is shown, it goes to Ink, key by key, as Ink
 * knows neither pastes nor two keys at once.
 */
export class TerminalInput {
  /** What Ink reads from. */
  readonly forInk: InkInput;
  readonly #stdin: NodeJS.ReadStream;
  readonly #decoder = new KeyDecoder();
  readonly #onInput: (input: Input) => void;
  #timer: NodeJS.Timeout | undefined;
  #isForInk = false;

  constructor(stdin: NodeJS.ReadStream, onInput: (input: Input) => void) {
    this.#stdin = stdin;
    this.#onInput = onInput;
    this.forInk = new InkInput();
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

  /** Sends the keyboard to Ink, or back to the app. */
  giveToInk(isForInk: boolean): void {
    this.#isForInk = isForInk;
  }

  readonly #onData = (chunk: string | Buffer): void => {
    clearTimeout(this.#timer);
    this.#pass(this.#decoder.push(chunk.toString()));
    if (this.#decoder.isWaiting)
      this.#timer = setTimeout(() => this.#pass(this.#decoder.flush()), ESCAPE_WAIT);
  };

  #pass(inputs: readonly Input[]): void {
    for (const input of inputs) {
      // Asked anew for each: the first may open or close the screen.
      if (this.#isForInk && !isInterrupt(input))
        this.forInk.send(input.type === "paste" ? input.text : input.raw);
      else this.#onInput(input);
    }
  }
}

// Leaving is always possible.
function isInterrupt(input: Input): boolean {
  return input.type === "key" && input.ctrl && input.name === "c";
}

/** As much of a terminal's input as Ink asks for. Each `read()` gives what was sent at once. */
class InkInput extends EventEmitter {
  readonly isTTY = true;
  readonly #chunks: string[] = [];

  send(chunk: string): void {
    if (this.listenerCount("readable") === 0) return;
    this.#chunks.push(chunk);
    this.emit("readable");
  }

  read(): string | null {
    return this.#chunks.shift() ?? null;
  }

  setRawMode(): this {
    return this;
  }

  setEncoding(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
