/** Keeps the beginning and the end of a text of any length, in bounded memory. */
export class HeadTailBuffer {
  readonly #half: number;
  #head = "";
  #tail: string[] = [];
  #tailLength = 0;
  #length = 0;

  /** @param limit How many characters to keep. */
  constructor(limit: number) {
    this.#half = Math.floor(limit / 2);
  }

  add(chunk: string): void {
    this.#length += chunk.length;
    const forHead = chunk.slice(0, this.#half - this.#head.length);
    this.#head += forHead;
    const rest = chunk.slice(forHead.length);
    if (rest === "") return;
    this.#tail.push(rest);
    this.#tailLength += rest.length;
    for (let first = this.#tail[0]; first !== undefined; first = this.#tail[0]) {
      if (this.#tailLength - first.length < this.#half) break;
      this.#tail.shift();
      this.#tailLength -= first.length;
    }
  }

  /** Returns a copy. */
  clone(): HeadTailBuffer {
    const copy = new HeadTailBuffer(2 * this.#half);
    copy.#head = this.#head;
    copy.#tail = [...this.#tail];
    copy.#tailLength = this.#tailLength;
    copy.#length = this.#length;
    return copy;
  }

  /** Returns the kept text. A line in the middle says how much is missing. */
  text(): string {
    const tail = this.#half === 0 ? "" : this.#tail.join("").slice(-this.#half);
    const missing = this.#length - this.#head.length - tail.length;
    if (missing === 0) return this.#head + tail;
    return `${trimSurrogates(this.#head)}\n[… ${missing.toLocaleString("en")} characters omitted …]\n${trimSurrogates(tail)}`;
  }
}

/** Removes halves of surrogate pairs at the ends. */
export function trimSurrogates(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, "").replace(/[\uD800-\uDBFF]$/, "");
}
