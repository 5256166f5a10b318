import { type Input, KeyDecoder, toPaste } from "./keys.ts";
import { BURST_MS, type InputPart, PasteBurst } from "./paste-burst.ts";

/** How long a single Escape waits for the rest of a sequence, in milliseconds. */
const ESCAPE_WAIT_MS = 40;

/** Reads a terminal's keyboard. */
export class TerminalInput {
  readonly #stdin: NodeJS.ReadStream;
  readonly #decoder = new KeyDecoder();
  readonly #onInput: (input: Input) => void;
  readonly #burst: PasteBurst;
  #timer: NodeJS.Timeout | undefined;
  #burstTimer: NodeJS.Timeout | undefined;

  /** @param now Returns a monotonic time in milliseconds. */
  constructor(
    stdin: NodeJS.ReadStream,
    onInput: (input: Input) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#stdin = stdin;
    this.#onInput = onInput;
    this.#burst = new PasteBurst(now);
  }

  open(): void {
    this.#stdin.setEncoding("utf8");
    if (this.#stdin.isTTY) this.#stdin.setRawMode(true);
    this.#stdin.on("data", this.#onData);
    this.#stdin.resume();
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#burstTimer);
    this.#stdin.off("data", this.#onData);
    if (this.#stdin.isTTY) this.#stdin.setRawMode(false);
    this.#stdin.pause();
  }

  readonly #onData = (chunk: string | Buffer): void => {
    clearTimeout(this.#timer);
    clearTimeout(this.#burstTimer);
    const text = chunk.toString();
    // A marked paste and a sequence that was cut in two belong to the decoder.
    if (this.#decoder.isOpen) this.#decode(text);
    else this.#take(this.#burst.push(text));
    if (this.#burst.isWaiting) this.#burstTimer = setTimeout(() => this.#take(this.#burst.flush()), BURST_MS);
  };

  #take(parts: readonly InputPart[]): void {
    for (const { type, text } of parts) {
      if (type === "keys") this.#decode(text);
      else this.#deliver([toPaste(text, text.length)]);
    }
  }

  #decode(text: string): void {
    this.#deliver(this.#decoder.push(text));
    if (this.#decoder.isWaiting)
      this.#timer = setTimeout(() => this.#deliver(this.#decoder.flush()), ESCAPE_WAIT_MS);
  }

  #deliver(inputs: readonly Input[]): void {
    for (const input of inputs) this.#onInput(input);
  }
}
