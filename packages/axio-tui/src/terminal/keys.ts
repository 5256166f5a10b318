import type { ScreenInput } from "axio/plugin";

/** One key press. */
export type Key = Extract<ScreenInput, { readonly type: "key" }>;

/** A paste. `size` counts all of its characters; `isCut` says that `text` holds only the first of them. */
export interface PasteInput {
  readonly type: "paste";
  readonly text: string;
  readonly size: number;
  readonly isCut: boolean;
}

/** One input of a terminal. */
export type Input = Exclude<ScreenInput, { readonly type: "paste" }> | PasteInput;

const PASTE_START = "\x1b[200~";
const PASTE_END = "\x1b[201~";
/** How many characters of a paste are kept. */
const LONGEST_PASTE = 2_000_000;
/** One chunk of this many characters with a line feed inside is a paste, also from terminals without bracketed paste. */
const SURELY_PASTED = 64;

/** Without mouse reporting, one turn of the wheel sends three or more arrow keys at once. A held key sends them one by one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins a sequence
const WHEEL = /^(?:(?:\x1b[[O]A){3,}|(?:\x1b[[O]B){3,})$/;
/** Keys by the end of their sequence: a letter, or `number~` (xterm's PC-style function keys). */
const SEQUENCES: { readonly [code: string]: string } = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "backtab",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
  "1~": "home",
  "2~": "insert",
  "3~": "delete",
  "4~": "end",
  "5~": "pageup",
  "6~": "pagedown",
  "7~": "home",
  "8~": "end",
};
/** Keys by their code, for terminals that report keys by number (kitty's protocol, xterm's modifyOtherKeys). */
const CODES: { readonly [code: number]: string } = {
  9: "tab",
  13: "enter",
  27: "escape",
  127: "backspace",
};

/** Letters that are keys with Ctrl. */
const CONTROL_ALIASES: { readonly [character: string]: string } = { "[": "escape", m: "enter", i: "tab" };
/** Other keys of the number pad in kitty's protocol, after the digits and signs. */
const KEYPAD: { readonly [code: number]: string } = {
  57414: "enter",
  57415: "=",
  57416: ",",
  57417: "left",
  57418: "right",
  57419: "up",
  57420: "down",
  57421: "pageup",
  57422: "pagedown",
  57423: "home",
  57424: "end",
  57425: "insert",
  57426: "delete",
};

/**
 * Decodes a terminal's input into keys, text and pastes. A sequence that is cut at the end of a chunk waits for the next
 * chunk; a single Escape waits for `flush()`.
 */
export class KeyDecoder {
  #pending = "";
  #paste: { parts: string[]; size: number; kept: number } | undefined;

  /** Whether there is pending input that may be a single Escape. */
  get isWaiting(): boolean {
    return this.#pending !== "" && this.#paste === undefined;
  }

  /** Whether a paste or a sequence is incomplete. */
  get isOpen(): boolean {
    return this.#pending !== "" || this.#paste !== undefined;
  }

  /** Decodes one chunk. */
  push(chunk: string): readonly Input[] {
    const inputs: Input[] = [];
    let rest = this.#pending + chunk;
    this.#pending = "";
    while (rest !== "") {
      if (this.#paste !== undefined) {
        rest = this.#takePaste(rest, inputs);
        continue;
      }
      const start = rest.indexOf(PASTE_START);
      const keys = start < 0 ? rest : rest.slice(0, start);
      this.#takeKeys(keys, inputs);
      if (start < 0) break;
      this.#pending = "";
      this.#paste = { parts: [], size: 0, kept: 0 };
      rest = rest.slice(start + PASTE_START.length);
    }
    return inputs;
  }

  /** Decodes pending input as a single Escape. */
  flush(): readonly Input[] {
    const pending = this.#pending;
    if (pending === "" || this.#paste !== undefined) return [];
    this.#pending = "";
    const [first, ...rest] = pending;
    const inputs: Input[] = first === "\x1b" ? [key("escape")] : [];
    if (rest.length > 0) inputs.push({ type: "text", text: rest.join("") });
    return inputs;
  }

  #takePaste(chunk: string, inputs: Input[]): string {
    const paste = this.#paste;
    if (paste === undefined) return chunk;
    const end = chunk.indexOf(PASTE_END);
    // The end marker may be cut in two.
    const partial = end < 0 ? partialEnd(chunk) : 0;
    const text = end < 0 ? chunk.slice(0, chunk.length - partial) : chunk.slice(0, end);
    paste.size += text.length;
    if (paste.kept < LONGEST_PASTE) {
      const part = text.slice(0, LONGEST_PASTE - paste.kept);
      paste.parts.push(part);
      paste.kept += part.length;
    }
    if (end < 0) {
      this.#pending = chunk.slice(chunk.length - partial);
      return "";
    }
    this.#paste = undefined;
    inputs.push(toPaste(paste.parts.join(""), paste.size));
    return chunk.slice(end + PASTE_END.length);
  }

  #takeKeys(text: string, inputs: Input[]): void {
    if (text.length >= SURELY_PASTED && !text.includes("\x1b") && /[\r\n]./.test(text)) {
      inputs.push(toPaste(text, text.length));
      return;
    }
    if (WHEEL.test(text)) {
      const rows = text.length / 3;
      inputs.push({ type: "scroll", rows: text.endsWith("A") ? -rows : rows });
      return;
    }
    let at = 0;
    while (at < text.length) {
      const taken = takeOne(text, at);
      if (taken === undefined) {
        this.#pending = text.slice(at);
        return;
      }
      if (taken.input !== undefined) inputs.push(taken.input);
      at += taken.length;
    }
  }
}

interface Taken {
  readonly input: Input | undefined;
  readonly length: number;
}

function takeOne(text: string, at: number): Taken | undefined {
  const character = text.charAt(at);
  if (character === "\x1b") return takeEscape(text, at);
  const control = controlKey(character);
  if (control !== undefined) return { input: control, length: 1 };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters end a run of text
  const run = /^[^\u0000-\u001f\u007f]+/.exec(text.slice(at))?.[0] ?? character;
  return { input: { type: "text", text: run }, length: run.length };
}

function takeEscape(text: string, at: number): Taken | undefined {
  const rest = text.slice(at, at + 40);
  if (rest.length === 1 || rest === "\x1b[" || rest === "\x1bO") return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins a sequence
  const sequence = /^\u001b(?:\[([0-9;:<=>?]*)([ -/]*[@-~])|O([A-Za-z]))/.exec(rest);
  if (sequence !== null) {
    const [raw, parameters = "", final = "", letter] = sequence;
    return { input: sequenceKey(parameters, letter ?? final), length: raw.length };
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Escape begins a sequence
  if (/^\u001b\[[0-9;:<=>?]*$/.test(rest)) return undefined;
  if (rest.startsWith("\x1b\x1b")) return { input: key("escape"), length: 1 };
  const next = String.fromCodePoint(rest.codePointAt(1) ?? 0);
  const plain = controlKey(next) ?? key(next.toLowerCase());
  return { input: { ...plain, alt: true }, length: 1 + next.length };
}

function sequenceKey(parameters: string, final: string): Input | undefined {
  // Kitty's protocol adds alternatives after colons: `code:shifted;modifiers:event;text`.
  const fields = parameters
    .split(";")
    .map((field) => field.split(":").map((part) => Number.parseInt(part, 10)));
  const number = (field: number, part = 0): number => fields[field]?.[part] ?? Number.NaN;
  const isRelease = number(1, 1) === 3;
  if (isRelease) return undefined;
  if (final === "u") return codeKey(number(0), number(1), number(2), number(0, 1));
  if (final === "~" && number(0) === 27) return codeKey(number(2), number(1));
  const name = SEQUENCES[final] ?? SEQUENCES[`${number(0)}${final}`];
  if (name === undefined) return undefined;
  return name === "backtab" ? key("tab", { shift: true }) : key(name, modifiers(number(1)));
}

/** Decodes a key that is reported by its code. `text` and `shifted` are what it writes, if the terminal says so. */
function codeKey(code: number, modifier: number, text = Number.NaN, shifted = Number.NaN): Input | undefined {
  const pressed = modifiers(modifier);
  const name = CODES[code] ?? keypadKey(code);
  // Only Enter, Tab and arrows mean something else with Shift.
  if (name === "backspace" || name === "escape") return key(name, { ...pressed, shift: false });
  if (name !== undefined && name.length > 1) return key(name, pressed);
  const plain = name?.codePointAt(0) ?? code;
  if (!(plain >= 32 && plain <= 0x10ffff) || (plain >= 57_344 && plain <= 63_743)) return undefined;
  const character = String.fromCodePoint(plain);
  if (pressed.ctrl || pressed.alt) {
    // As without the protocol: Ctrl-[ is Escape, Ctrl-M Enter and Ctrl-I Tab; Shift does not change a letter.
    const alias = pressed.ctrl && !pressed.alt ? CONTROL_ALIASES[character] : undefined;
    if (alias !== undefined) return key(alias, { shift: pressed.shift });
    const isShiftedMinus = pressed.ctrl && pressed.shift && character === "-";
    return key(isShiftedMinus ? "_" : nameOf(character), { ...pressed, shift: false });
  }
  // Super, Hyper and Meta write nothing.
  if (((Number.isNaN(modifier) ? 1 : modifier) - 1) & 0b111000) return undefined;
  const written = text >= 32 ? text : pressed.shift && shifted >= 32 ? shifted : undefined;
  if (written !== undefined) return { type: "text", text: String.fromCodePoint(written) };
  return { type: "text", text: pressed.shift !== pressed.capsLock ? character.toUpperCase() : character };
}

function nameOf(character: string): string {
  return character === " " ? "space" : character.toLowerCase();
}

/** Keys of the number pad in kitty's protocol. */
function keypadKey(code: number): string | undefined {
  const index = code - 57_399;
  return index >= 0 && index < 15 ? "0123456789./*-+".charAt(index) : KEYPAD[code];
}

function modifiers(value: number): { ctrl: boolean; alt: boolean; shift: boolean; capsLock: boolean } {
  const bits = Number.isNaN(value) ? 0 : value - 1;
  return {
    shift: (bits & 1) !== 0,
    alt: (bits & 2) !== 0,
    ctrl: (bits & 4) !== 0,
    capsLock: (bits & 64) !== 0,
  };
}

function controlKey(character: string): Key | undefined {
  const code = character.charCodeAt(0);
  if (code === 0x7f) return key("backspace");
  if (code >= 0x20) return undefined;
  if (code === 0x0d) return key("enter");
  if (code === 0x09) return key("tab");
  if (code === 0x1b) return key("escape");
  if (code === 0x1f) return key("_", { ctrl: true });
  const name = code === 0 ? "space" : String.fromCharCode(code + 0x60);
  return key(name, { ctrl: true });
}

function key(
  name: string,
  { ctrl = false, alt = false, shift = false }: Partial<Pick<Key, "ctrl" | "alt" | "shift">> = {},
): Key {
  return { type: "key", name, ctrl, alt, shift };
}

/** Returns a paste. `size` counts its characters before it was cut. */
export function toPaste(text: string, size: number): PasteInput {
  return {
    type: "paste",
    text: text.replace(/\r\n?/g, "\n"),
    size,
    isCut: size > text.length,
  };
}

/** The length of a possible beginning of the end marker at the end of a chunk. */
function partialEnd(chunk: string): number {
  for (let length = Math.min(PASTE_END.length - 1, chunk.length); length > 0; length -= 1)
    if (chunk.endsWith(PASTE_END.slice(0, length))) return length;
  return 0;
}
