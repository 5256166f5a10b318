/** A part of a program's output: text, or a control function. */
export type TerminalAction =
  | { readonly type: "print"; readonly text: string }
  /** One control character: BS, HT, LF, CR. */
  | { readonly type: "control"; readonly code: number }
  /** `ESC` and one character, such as `ESC M`. */
  | { readonly type: "escape"; readonly final: string }
  /** A control sequence, such as `ESC [ 2 K`. */
  | { readonly type: "sequence"; readonly parameters: string; readonly final: string };

type State = "text" | "escape" | "intermediate" | "sequence" | "string" | "string-escape";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters.
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;
const [BEL, BS, TAB, LF, VT, FF, CR] = [0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d];
const [CAN, SUB, ESC, CSI, ST] = [0x18, 0x1a, 0x1b, 0x9b, 0x9c];
// Introducers of strings that end with ST (DCS, SOS, OSC, PM, APC): after ESC, and with the offset as one C1 character.
const STRINGS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
const C1_OFFSET = 0x40;
/** No sequence that matters here is longer. */
const MAX_PARAMETERS = 64;

/**
 * Splits a program's output into text and terminal control functions (ECMA-48). Titles, links and other strings are dropped. A
 * sequence may be split between chunks.
 */
export class ControlParser {
  #state: State = "text";
  #parameters = "";

  /** Calls `onAction` for each part of the next chunk. */
  parse(chunk: string, onAction: (action: TerminalAction) => void): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#state === "text") {
        CONTROL.lastIndex = at;
        const next = CONTROL.exec(chunk)?.index ?? chunk.length;
        if (next > at) onAction({ type: "print", text: chunk.slice(at, next) });
        if (next === chunk.length) return;
        at = next;
      }
      const action = this.#next(chunk.charCodeAt(at));
      if (action !== undefined) onAction(action);
      at += 1;
    }
  }

  #next(code: number): TerminalAction | undefined {
    switch (code) {
      case LF:
      case VT:
      case FF:
        // A newline ends an unterminated string, which would otherwise hide all further output.
        this.#state = "text";
        return { type: "control", code: LF };
      case CR:
        this.#state = "text";
        return { type: "control", code };
      case CAN:
      case SUB:
        this.#state = "text";
        return undefined;
    }
    switch (this.#state) {
      case "text":
        return this.#inText(code);
      case "escape":
        return this.#afterEscape(code);
      case "intermediate":
        // For example ESC ( B, which selects a character set. Nothing of it matters here.
        if (code === ESC) this.#state = "escape";
        else if (!isIntermediate(code)) this.#state = "text";
        return undefined;
      case "sequence":
        return this.#inSequence(code);
      case "string":
        if (code === BEL || code === ST) this.#state = "text";
        else if (code === ESC) this.#state = "string-escape";
        return undefined;
      case "string-escape":
        if (code !== 0x5c) return this.#afterEscape(code);
        this.#state = "text";
        return undefined;
    }
  }

  #inText(code: number): TerminalAction | undefined {
    if (code === BS || code === TAB) return { type: "control", code };
    if (code === ESC) this.#state = "escape";
    else if (code === CSI) this.#openSequence();
    else if (code >= 0x80 && code <= 0x9f && STRINGS.has(code - C1_OFFSET)) this.#state = "string";
    return undefined;
  }

  #afterEscape(code: number): TerminalAction | undefined {
    if (code === 0x5b) this.#openSequence();
    else if (STRINGS.has(code)) this.#state = "string";
    else if (isIntermediate(code)) this.#state = "intermediate";
    else if (code === ESC) this.#state = "escape";
    else {
      this.#state = "text";
      return { type: "escape", final: String.fromCharCode(code) };
    }
    return undefined;
  }

  #openSequence(): void {
    this.#state = "sequence";
    this.#parameters = "";
  }

  #inSequence(code: number): TerminalAction | undefined {
    if (code === ESC) {
      this.#state = "escape";
      return undefined;
    }
    // The final character is the first that is neither a parameter nor an intermediate.
    if (code < 0x40) {
      if (code >= 0x20 && this.#parameters.length < MAX_PARAMETERS)
        this.#parameters += String.fromCharCode(code);
      return undefined;
    }
    this.#state = "text";
    return { type: "sequence", parameters: this.#parameters, final: String.fromCharCode(code) };
  }
}

function isIntermediate(code: number): boolean {
  return code >= 0x20 && code < 0x30;
}
