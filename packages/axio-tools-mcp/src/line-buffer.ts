const LF = 0x0a;

/** Splits bytes into lines. Looks at each byte once, so that a large line that arrives in many pieces takes linear time. */
export class LineBuffer {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** @param maxBytes The longest line. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Returns the lines that the next bytes complete.
   *
   * @throws RangeError if a line is too long. Its bytes are dropped.
   */
  add(chunk: Buffer): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#push(chunk.subarray(start, end));
      lines.push(Buffer.concat(this.#take()).toString("utf8").replace(/\r$/, ""));
      start = end + 1;
    }
    this.#push(chunk.subarray(start));
    return lines;
  }

  #push(part: Buffer): void {
    this.#bytes += part.length;
    this.#parts.push(part);
    if (this.#bytes <= this.#maxBytes) return;
    this.#take();
    throw new RangeError(`A message has more than ${this.#maxBytes} bytes.`);
  }

  #take(): Buffer[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    return parts;
  }
}
