/** Keeps the beginning and the end of a text of any length. */
export class Excerpt {
  readonly #half: number;
  #head = "";
  #tail: string[] = [];
  #tailLength = 0;
  #length = 0;

  /** @param limit How many characters are kept. */
  constructor(limit: number) {
    this.#half = Math.floor(limit / 2);
  }

  add(piece: string): void {
    this.#length += piece.length;
    const forHead = piece.slice(0, this.#half - this.#head.length);
    this.#head += forHead;
    const rest = piece.slice(forHead.length);
    if (rest === "") return;
    this.#tail.push(rest);
    this.#tailLength += rest.length;
    for (let first = this.#tail[0]; first !== undefined; first = this.#tail[0]) {
      if (this.#tailLength - first.length < this.#half) break;
      this.#tail.shift();
      this.#tailLength -= first.length;
    }
  }

  /** What was kept, with a line that says how much is missing. */
  text(): string {
    const tail = this.#half === 0 ? "" : this.#tail.join("").slice(-this.#half);
    const missing = this.#length - this.#head.length - tail.length;
    if (missing === 0) return this.#head + tail;
    return `${wholeCharacters(this.#head)}\n[… ${missing} characters left out …]\n${wholeCharacters(tail)}`;
  }
}

/** Without the halves of characters that a cut has left at the ends. */
export function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, "").replace(/[\uD800-\uDBFF]$/, "");
}
