import type { JsonValue } from "./json.ts";

/** How deep values may be nested: deeper ones are no answer. */
const DEEPEST = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
  const whole = completeJson(text);
  if (whole === undefined) return undefined;
  try {
    return JSON.parse(whole) as JsonValue;
  } catch {
    return undefined;
  }
}

/**
 * Cuts the text where a value ended last, and closes what is open there. The native parser does the rest, which is many
 * times faster than reading values here: this runs with every piece of an answer.
 */
function completeJson(text: string): string | undefined {
  /** The brackets that would close what is open, the innermost last. */
  const open: string[] = [];
  /** Behind the last whole value, or the last opening bracket. */
  let end = 0;
  let isKey = false;
  let isWord = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isWord && character !== undefined && " \t\n\r,]}".includes(character)) {
      isWord = false;
      end = at;
    }
    switch (character) {
      case " ":
      case "\t":
      case "\n":
      case "\r":
        break;
      case "{":
      case "[":
        open.push(character === "{" ? "}" : "]");
        if (open.length > DEEPEST) return undefined;
        isKey = character === "{";
        end = at + 1;
        break;
      case "}":
      case "]":
        if (open.pop() !== character) return undefined;
        isKey = false;
        end = at + 1;
        break;
      case ",":
        isKey = open.at(-1) === "}";
        break;
      case ":":
        isKey = false;
        break;
      case '"': {
        const string = scanString(text, at);
        if (!string.isWhole) {
          return isKey ? closed(text.slice(0, end), open) : closed(`${text.slice(0, string.end)}"`, open);
        }
        at = string.end - 1;
        if (!isKey) end = string.end;
        break;
      }
      default:
        isWord = true;
    }
  }
  return end === 0 ? undefined : closed(text.slice(0, end), open);
}

function closed(text: string, open: readonly string[]): string {
  return text + [...open].reverse().join("");
}

/** Where a string ends; where it goes on, up to where it is whole: half an escape, or half a character, waits. */
function scanString(text: string, start: number): { readonly end: number; readonly isWhole: boolean } {
  let lastEscape = -1;
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { end: at + 1, isWhole: true };
    if (code !== BACKSLASH) {
      at += 1;
      continue;
    }
    const length = text[at + 1] === "u" ? 6 : 2;
    if (at + length > text.length) break;
    lastEscape = at;
    at += length;
  }
  const isHalfEscape = lastEscape === at - 6 && /^\\ud[89ab]/i.test(text.slice(lastEscape, at));
  if (isHalfEscape) return { end: lastEscape, isWhole: false };
  const isHalfCharacter = at > start + 1 && /[\ud800-\udbff]/.test(text.charAt(at - 1));
  return { end: isHalfCharacter ? at - 1 : at, isWhole: false };
}
