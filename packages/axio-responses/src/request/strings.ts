import { isJsonObject } from "axio";

/** The longest string that the API accepts, in UTF-16 code units. */
const LONGEST = 10_485_760;

/** Members with a limit of their own. Their content was checked before: a part of it would be useless. */
const UNCUT: ReadonlySet<string> = new Set([
  "image_url",
  "audio_url",
  "file_data",
  "encrypted_content",
  "result",
]);

/**
 * Fits each string of a request: lone surrogates, which have no UTF-8, become U+FFFD; the middle of strings above the limit of
 * the API is left out, with a note. A value without such strings stays the same object.
 */
export function fitStrings<Value>(value: Value): Value {
  return fitValue(value, "") as Value;
}

function fitValue(value: unknown, name: string): unknown {
  if (typeof value === "string") return fitString(value, UNCUT.has(name));
  if (Array.isArray(value)) return fitArray(value, name);
  if (!isJsonObject(value)) return value;
  let fitted: Record<string, unknown> | undefined;
  for (const member of Object.keys(value)) {
    const inner = value[member];
    const fittedInner = fitValue(inner, member);
    if (fittedInner === inner && member.isWellFormed()) continue;
    fitted ??= { ...value };
    if (!member.isWellFormed()) delete fitted[member];
    fitted[member.toWellFormed()] = fittedInner;
  }
  return fitted ?? value;
}

function fitArray(value: readonly unknown[], name: string): readonly unknown[] {
  let fitted: unknown[] | undefined;
  for (const [index, element] of value.entries()) {
    const fittedElement = fitValue(element, name);
    if (fittedElement === element) continue;
    fitted ??= [...value];
    fitted[index] = fittedElement;
  }
  return fitted ?? value;
}

function fitString(text: string, isUncut: boolean): string {
  const cut = isUncut || text.length <= LONGEST ? text : withoutMiddle(text);
  return cut.isWellFormed() ? cut : cut.toWellFormed();
}

/** Leaves out the middle, and no half of a character at the cuts. */
function withoutMiddle(text: string): string {
  const room = LONGEST - 200;
  const head = text.slice(0, Math.floor(room / 2)).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(-Math.floor(room / 2)).replace(/^[\udc00-\udfff]/, "");
  const left = text.length - head.length - tail.length;
  return `${head}\n[${left} characters were left out here: the API accepts texts of up to ${LONGEST} characters.]\n${tail}`;
}
