type State = "text" | "escape" | "sequence" | "string" | "string-escape";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const [BEL, CAN, SUB, ESC, DEL, CSI, ST] = [0x07, 0x18, 0x1a, 0x1b, 0x7f, 0x9b, 0x9c];
const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
// Introducers of strings that end with ST (DCS, SOS, OSC, PM, APC): after ESC, and with the offset as one C1 character.
const STRINGS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
const C1_OFFSET = 0x40;

/**
 * Removes terminal control sequences (ECMA-48) from a program's output: colors, cursor movement, titles and other control
 * characters. Keeps newlines and tabs; converts carriage returns to newlines. A sequence may be split between chunks.
 */
export class ControlFilter {
  #state: State = "text";
  #afterReturn = false;

  /** Returns the printable part of the next chunk. */
  filter(chunk: string): string {
    if (this.#state === "text" && !this.#afterReturn && !CONTROL.test(chunk)) return chunk;
    let out = "";
    for (const character of chunk) out += this.#next(character, character.codePointAt(0) ?? 0);
    return out;
  }

  #next(character: string, code: number): string {
    const isSecondOfPair = this.#afterReturn && code === LF;
    this.#afterReturn = code === CR;
    if (isSecondOfPair) return "";
    // A newline ends an unterminated string, which would otherwise hide all further output.
    if (code === LF || code === CR) {
      this.#state = "text";
      return "\n";
    }
    if (code === CAN || code === SUB) {
      this.#state = "text";
      return "";
    }
    switch (this.#state) {
      case "text":
        return this.#inText(character, code);
      case "escape":
        this.#state = afterEscape(code);
        return "";
      case "sequence":
        // The final character is the first that is neither a parameter nor an intermediate.
        if (code === ESC) this.#state = "escape";
        else if (code >= 0x40) this.#state = "text";
        return "";
      case "string":
        if (code === BEL || code === ST) this.#state = "text";
        else if (code === ESC) this.#state = "string-escape";
        return "";
      case "string-escape":
        this.#state = code === 0x5c ? "text" : afterEscape(code);
        return "";
    }
  }

  #inText(character: string, code: number): string {
    if (code === ESC) this.#state = "escape";
    else if (code === CSI) this.#state = "sequence";
    else if (code >= 0x80 && code <= 0x9f && STRINGS.has(code - C1_OFFSET)) this.#state = "string";
    else if (code === TAB || (code >= SPACE && code < DEL) || code > 0x9f) return character;
    return "";
  }
}

function afterEscape(code: number): State {
  if (code === 0x5b) return "sequence";
  if (STRINGS.has(code)) return "string";
  if (code === ESC) return "escape";
  // Intermediate characters, for example in ESC ( B.
  return code >= SPACE && code < 0x30 ? "escape" : "text";
}
