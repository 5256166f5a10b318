import { isJsonObject, type JsonValue } from "../json.ts";

/** One place where two values differ. */
export interface Difference {
  /** Such as `messages[0].content[0].text`. */
  readonly path: string;
  readonly description: string;
}

const QUOTE_LENGTH = 60;

/** Lists the places where a requested value differs from a recorded one. */
export function differences(
  recorded: JsonValue | undefined,
  requested: JsonValue | undefined,
  path = "",
): readonly Difference[] {
  if (recorded === requested) return [];
  if (Array.isArray(recorded) && Array.isArray(requested)) {
    const length = Math.max(recorded.length, requested.length);
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      differences(recorded[index], requested[index], `${path}[${index}]`),
    );
  }
  if (isJsonObject(recorded) && isJsonObject(requested)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(requested)]);
    return [...names].flatMap((name) =>
      differences(recorded[name], requested[name], path === "" ? name : `${path}.${name}`),
    );
  }
  return [{ path, description: describe(recorded, requested) }];
}

function describe(recorded: JsonValue | undefined, requested: JsonValue | undefined): string {
  if (recorded === undefined) return `requested, but not recorded: ${quote(requested)}`;
  if (requested === undefined) return `recorded, but not requested: ${quote(recorded)}`;
  if (typeof recorded !== "string" || typeof requested !== "string")
    return `${quote(recorded)} is recorded, ${quote(requested)} was requested`;
  // Long texts often differ in one word: begin shortly before it.
  let at = 0;
  while (at < recorded.length && recorded[at] === requested[at]) at += 1;
  const start = Math.max(0, at - 20);
  return `${quote(recorded, start)} is recorded, ${quote(requested, start)} was requested`;
}

function quote(value: JsonValue | undefined, start = 0): string {
  const text = JSON.stringify(typeof value === "string" ? value.slice(start) : value) ?? "nothing";
  const cut = text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}…` : text;
  return start > 0 ? `…${cut}` : cut;
}
