import type { JsonValue } from "./json.ts";

/** How deep values may be nested: deeper ones are no answer, and would exhaust the stack. */
const DEEPEST = 200;

/** Thrown where the text is no beginning of JSON. */
const NO_JSON = Symbol("no JSON");
/** Stands for a value of which too little has come. */
const NOTHING = Symbol("nothing");

/**
 * Reads what has come of a JSON text that is still being written.
 *
 * Strings are given as far as they came. A number or a word at the very end is left out, since it may go on: `1` may become
 * `12`. A member without its value is left out too. Time is linear in the text.
 *
 * @returns The value so far, or `undefined` where there is none yet, or where the text is no JSON.
 *
 * @example
 * ```ts
 * import { parsePartialJson } from "axio";
 *
 * parsePartialJson('{"title":"Panca'); // { title: "Panca" }
 * ```
 */
export function parsePartialJson(text: string): JsonValue | undefined {
  const reader = new Reader(text);
  try {
    const value = reader.value(0);
    return value === NOTHING ? undefined : value;
  } catch (error) {
    if (error === NO_JSON) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonValue | typeof NOTHING {
    if (depth > DEEPEST) throw NO_JSON;
    switch (this.#next()) {
      case "":
        return NOTHING;
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string().text;
      default:
        return this.#word();
    }
  }

  #object(depth: number): JsonValue {
    const members: [string, JsonValue][] = [];
    this.#at += 1;
    while (this.#next() === '"') {
      const key = this.#string();
      if (!key.isWhole || this.#next() === "") break;
      if (this.#next() !== ":") throw NO_JSON;
      this.#at += 1;
      const value = this.value(depth + 1);
      if (value === NOTHING) break;
      members.push([key.text, value]);
      if (!this.#goesOn("}")) break;
    }
    this.#closes("}");
    // Not by assignment, which would make a member named __proto__ the prototype.
    return Object.fromEntries(members);
  }

  #array(depth: number): JsonValue {
    const elements: JsonValue[] = [];
    this.#at += 1;
    while (this.#next() !== "" && this.#next() !== "]") {
      const value = this.value(depth + 1);
      if (value === NOTHING) break;
      elements.push(value);
      if (!this.#goesOn("]")) break;
    }
    this.#closes("]");
    return elements;
  }

  /** Steps over a comma, and tells whether there was one. */
  #goesOn(end: string): boolean {
    const next = this.#next();
    if (next === ",") {
      this.#at += 1;
      return true;
    }
    if (next !== "" && next !== end) throw NO_JSON;
    return false;
  }

  /** Steps over the end, where it has come. */
  #closes(end: string): void {
    const next = this.#next();
    if (next === end) this.#at += 1;
    else if (next !== "") throw NO_JSON;
  }

  #string(): { readonly text: string; readonly isWhole: boolean } {
    const start = this.#at;
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const character = this.#text[at];
      if (character === "\\") at += 1;
      else if (character === '"') {
        this.#at = at + 1;
        return { text: unquote(this.#text.slice(start, at + 1)), isWhole: true };
      }
    }
    this.#at = this.#text.length;
    // Half an escape, or half of a pair that stands for one character, waits for its other half.
    const whole = this.#text
      .slice(start)
      .replace(/((?:[^\\]|^)(?:\\\\)*)\\(?:u[\da-fA-F]{0,3})?$/, "$1")
      .replace(/\\u[dD][89abAB][\da-fA-F]{2}$|[\ud800-\udbff]$/, "");
    return { text: unquote(`${whole}"`), isWhole: false };
  }

  #word(): JsonValue | typeof NOTHING {
    const [word = ""] = /^[-+.\w]*/.exec(this.#text.slice(this.#at, this.#at + 400)) ?? [];
    if (word === "") throw NO_JSON;
    this.#at += word.length;
    return this.#at >= this.#text.length ? NOTHING : parse(word);
  }

  /** The next character that is no white space, `""` at the end. */
  #next(): string {
    while (/[ \t\n\r]/.test(this.#text[this.#at] ?? "")) this.#at += 1;
    return this.#text[this.#at] ?? "";
  }
}

function unquote(text: string): string {
  return String(parse(text));
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw NO_JSON;
  }
}
