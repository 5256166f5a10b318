import { cutText } from "./cut-text.ts";

/** Keeps the beginning and the end of what a tool has emitted, in bounded memory. */
export class EmittedOutput {
  readonly #maxBytes: number;
  #head = "";
  #tail: string[] = [];
  #tailLength = 0;
  #omitted = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(delta: string): void {
    const half = this.#maxBytes / 2;
    if (this.#head.length < half) {
      this.#head += delta;
      return;
    }
    this.#tail.push(delta);
    this.#tailLength += delta.length;
    for (;;) {
      const oldest = this.#tail[0]?.length ?? 0;
      if (oldest === 0 || this.#tailLength - oldest < half) return;
      this.#tail.shift();
      this.#tailLength -= oldest;
      this.#omitted += oldest;
    }
  }

  /** The output so far, with a note where something is omitted. */
  text(): string {
    const tail = this.#tail.join("");
    if (this.#omitted === 0) return cutText(this.#head + tail, this.#maxBytes);
    const note = `\n[… ${this.#omitted.toLocaleString("en")} characters omitted …]\n`;
    const half = this.#maxBytes / 2;
    return cutText(this.#head, half) + note + cutText(tail, half);
  }
}
