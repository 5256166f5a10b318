/** The deepest nesting of values in a tool's input or a structured output. More may overflow the stack of a validator. */
export const MAX_JSON_DEPTH = 200;

/** Returns whether a JSON text has more levels of objects and lists than {@link MAX_JSON_DEPTH}. Reads each character once. */
export function isTooDeep(json: string): boolean {
  // Every level has two brackets.
  if (json.length <= 2 * MAX_JSON_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    switch (json[at]) {
      case '"':
        at = endOfString(json, at);
        break;
      case "[":
      case "{":
        depth += 1;
        if (depth > MAX_JSON_DEPTH) return true;
        break;
      case "]":
      case "}":
        depth -= 1;
        break;
    }
  }
  return false;
}

/** Says what is wrong with a value that is nested too deeply. */
export const TOO_DEEP = `has more than ${MAX_JSON_DEPTH} levels of objects and lists. Use fewer levels.`;

function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}
