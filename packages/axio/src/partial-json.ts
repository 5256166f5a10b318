import type { JsonValue } from "./json.ts";

/** The deepest nesting of values. */
const MAX_DEPTH = 200;

const ESCAPES: { readonly [character: string]: string } = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

type Container = JsonValue[] | { [member: string]: JsonValue };

/** An object or a list that is still open. It gets a value when that is complete. */
interface Frame {
  readonly container: Container;
  /** The property of the next value. */
  key: string;
  size: number;
}

type Expected = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end" | "nothing";

/**
 * Reads JSON that arrives in pieces. Each character is read once. The values so far share everything that is complete, so
 * that one costs no more than the objects and lists that are open.
 */
export class PartialJsonReader {
  readonly #open: Frame[] = [];
  #expected: Expected = "value";
  #root: JsonValue | undefined;
  /** The decoded string so far, if the text is inside a string. */
  #string: string | undefined;
  #isKey = false;
  /** The beginning of an escape sequence. */
  #escape = "";
  /** The first half of a character, until its second half arrives. */
  #half = "";
  /** The number or word so far. */
  #word = "";
  #isInvalid = false;
  #openSize = 0;

  /** The cost of {@link value}: the number of values in the open objects and lists. */
  get cost(): number {
    return this.#openSize;
  }

  /** Whether the value is complete. */
  get isComplete(): boolean {
    return this.#expected === "nothing";
  }

  /** Reads more text. After text that is not JSON, everything is ignored. */
  add(text: string): void {
    let at = 0;
    while (at < text.length && !this.#isInvalid) {
      at = this.#string === undefined ? this.#readToken(text, at) : this.#readString(text, at);
    }
  }

  /** The value so far, as `parsePartialJson` defines it. */
  value(): JsonValue | undefined {
    if (this.#isInvalid) return undefined;
    let inner: JsonValue | undefined = this.#isKey ? undefined : this.#string;
    for (let index = this.#open.length - 1; index >= 0; index -= 1) {
      const { container, key } = this.#open[index] as Frame;
      const copy: Container = Array.isArray(container) ? [...container] : { ...container };
      if (inner !== undefined) setMember(copy, key, inner);
      inner = copy;
    }
    return inner ?? this.#root;
  }

  #readToken(text: string, at: number): number {
    const character = text[at] as string;
    if (this.#word !== "") {
      if (!" \t\n\r,]}".includes(character)) {
        this.#word += character;
        return at + 1;
      }
      this.#endWord();
      return at;
    }
    switch (character) {
      case " ":
      case "\t":
      case "\n":
      case "\r":
        break;
      case "{":
        this.#begin({}, "key-or-end");
        break;
      case "[":
        this.#begin([], "value-or-end");
        break;
      case "}":
        this.#end("key-or-end", false);
        break;
      case "]":
        this.#end("value-or-end", true);
        break;
      case ",":
        this.#expect("comma-or-end", this.#isInList() ? "value" : "key");
        break;
      case ":":
        this.#expect("colon", "value");
        break;
      case '"':
        this.#isKey = this.#expected === "key" || this.#expected === "key-or-end";
        if (!this.#isKey && !this.#expectsValue()) this.#isInvalid = true;
        this.#string = "";
        break;
      default:
        if (this.#expectsValue()) this.#word = character;
        else this.#isInvalid = true;
    }
    return at + 1;
  }

  #readString(text: string, start: number): number {
    if (this.#escape !== "") return this.#readEscape(text, start);
    let at = start;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === 0x22 || code === 0x5c) break;
      if (code < 0x20) this.#isInvalid = true;
      at += 1;
    }
    this.#append(text.slice(start, at));
    if (text[at] === "\\") this.#escape = "\\";
    else if (at < text.length) this.#endString();
    return at + 1;
  }

  #readEscape(text: string, at: number): number {
    const isUnicode = this.#escape[1] === "u" || (this.#escape === "\\" && text[at] === "u");
    const length = isUnicode ? 6 : 2;
    const end = at + length - this.#escape.length;
    const sequence = this.#escape + text.slice(at, end);
    if (sequence.length < length) {
      this.#escape = sequence;
      return end;
    }
    this.#escape = "";
    const decoded = isUnicode ? decodeUnicode(sequence) : ESCAPES[sequence.slice(1)];
    if (decoded === undefined) this.#isInvalid = true;
    else this.#append(decoded);
    return end;
  }

  #append(piece: string): void {
    if (piece === "" || this.#string === undefined) return;
    this.#string += this.#half;
    const last = piece.charCodeAt(piece.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.#half = isHalf ? piece.slice(-1) : "";
    this.#string += isHalf ? piece.slice(0, -1) : piece;
  }

  #endString(): void {
    const string = `${this.#string ?? ""}${this.#half}`;
    this.#string = undefined;
    this.#half = "";
    const frame = this.#open.at(-1);
    if (this.#isKey && frame !== undefined) {
      frame.key = string;
      this.#isKey = false;
      this.#expected = "colon";
    } else {
      this.#complete(string);
    }
  }

  #endWord(): void {
    try {
      this.#complete(JSON.parse(this.#word) as JsonValue);
    } catch {
      this.#isInvalid = true;
    }
    this.#word = "";
  }

  #begin(container: Container, expected: Expected): void {
    if (!this.#expectsValue() || this.#open.length >= MAX_DEPTH) this.#isInvalid = true;
    this.#open.push({ container, key: "", size: 0 });
    this.#expected = expected;
  }

  #end(ifEmpty: Expected, isList: boolean): void {
    const canEnd = this.#expected === ifEmpty || this.#expected === "comma-or-end";
    const frame = canEnd && this.#isInList() === isList ? this.#open.pop() : undefined;
    if (frame === undefined) {
      this.#isInvalid = true;
      return;
    }
    this.#openSize -= frame.size;
    this.#complete(frame.container);
  }

  #complete(value: JsonValue): void {
    const frame = this.#open.at(-1);
    if (frame === undefined) {
      this.#root = value;
      this.#expected = "nothing";
      return;
    }
    setMember(frame.container, frame.key, value);
    frame.size += 1;
    this.#openSize += 1;
    this.#expected = "comma-or-end";
  }

  #expect(expected: Expected, next: Expected): void {
    if (this.#expected === expected) this.#expected = next;
    else this.#isInvalid = true;
  }

  #expectsValue(): boolean {
    return this.#expected === "value" || this.#expected === "value-or-end";
  }

  #isInList(): boolean {
    return Array.isArray(this.#open.at(-1)?.container);
  }
}

/**
 * Parses JSON that is still being written.
 *
 * A string is included as far as it is written. A number or a word at the end is left out, because it may continue: `1`
 * may become `12`. A property without a value is left out.
 *
 * @returns The value so far. `undefined` if there is none yet, or the text is not JSON.
 *
 * @example
 * ```ts
 * import { parsePartialJson } from "axio";
 *
 * parsePartialJson('{"title":"Panca'); // { title: "Panca" }
 * ```
 */
export function parsePartialJson(text: string): JsonValue | undefined {
  const reader = new PartialJsonReader();
  reader.add(text);
  return reader.value();
}

function decodeUnicode(sequence: string): string | undefined {
  const digits = sequence.slice(2);
  return /^[\da-f]{4}$/i.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : undefined;
}

function setMember(container: Container, key: string, value: JsonValue): void {
  if (Array.isArray(container)) container.push(value);
  else if (key !== "__proto__") container[key] = value;
  // An assignment would set the prototype.
  else Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}
