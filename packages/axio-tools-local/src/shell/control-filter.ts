type State = "text" | "escape" | "sequence" | "string" | "string-escape";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const [BEL, CAN, SUB, ESC, DEL, CSI, ST] = [0x07, 0x18, 0x1a, 0x1b, 0x7f, 0x9b, 0x9c];
const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
// What begins a string that ends with ST: DCS, SOS, OSC, PM, APC; after ESC, and as one character.
const STRINGS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
const C1_OFFSET = 0x40;

/**
 * Takes out of a program's output what would command a terminal: colours, movements of the cursor, titles, and the other
 * control characters (ECMA-48). Lines and tabs stay; a carriage return becomes a new line. Sequences may be cut
 * anywhere between two pieces.
 */
export class ControlFilter {
  #state: State = "text";
  #afterReturn = false;

  /** The harmless part of the next piece. */
  filter(piece: string): string {
    if (this.#state === "text" && !this.#afterReturn && !CONTROL.test(piece)) return piece;
    let out = "";
    for (const character of piece) out += this.#next(character, character.codePointAt(0) ?? 0);
    return out;
  }

  #next(character: string, code: number): string {
    const isSecondOfPair = this.#afterReturn && code === LF;
    this.#afterReturn = code === CR;
    if (isSecondOfPair) return "";
    // A line end ends a string that was never closed, lest it swallow everything.
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
        // The final character is the first that is neither parameter nor intermediate.
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
  // Intermediate characters, as in ESC ( B.
  return code >= SPACE && code < 0x30 ? "escape" : "text";
}
