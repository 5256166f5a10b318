import type { JsonValue } from "./json.ts";

/** The deepest nesting of values. */
const MAX_DEPTH = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses JSON that is still being written, in linear time.
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
  const complete = completeJson(text);
  if (complete === undefined) return undefined;
  try {
    return JSON.parse(complete) as JsonValue;
  } catch {
    return undefined;
  }
}

/**
 * Cuts the text off after the last complete value and closes what is open there. This runs with every delta, and the
 * native parser, which does the rest, is many times faster than parsing here.
 */
function completeJson(text: string): string | undefined {
  /** The brackets that close what is open, innermost last. */
  const open: string[] = [];
  /** The position after the last complete value or opening bracket. */
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
        if (open.length > MAX_DEPTH) return undefined;
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
        if (!string.isComplete) {
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

/** Finds the end of a string. The end of an incomplete one is before half an escape sequence or half a character. */
function scanString(text: string, start: number): { readonly end: number; readonly isComplete: boolean } {
  let lastEscape = -1;
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { end: at + 1, isComplete: true };
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
  if (isHalfEscape) return { end: lastEscape, isComplete: false };
  const isHalfCharacter = at > start + 1 && /[\ud800-\udbff]/.test(text.charAt(at - 1));
  return { end: isHalfCharacter ? at - 1 : at, isComplete: false };
}
