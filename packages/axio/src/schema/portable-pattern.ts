/** The characters that may follow a backslash under the flag `u`, as far as they are not invalid escapes. */
const ESCAPABLE = /[A-Za-z0-9^$\\.*+?()[\]{}|/]/;

/**
 * Converts a regular expression to one that is valid with the flag `u`, which validators set: without it, `\_` and `[\w-.]`
 * are valid too.
 *
 * @returns `undefined` if it is not a regular expression of JavaScript.
 */
export function portablePattern(pattern: string): string | undefined {
  if (isValid(pattern, "u")) return pattern;
  if (!isValid(pattern, "")) return undefined;
  const strict = pattern.replaceAll(/\[(?:\\.|[^\]\\])*\]|\\(.)/gs, (token: string, escaped?: string) =>
    escaped === undefined ? portableClass(token) : ESCAPABLE.test(escaped) ? token : escaped,
  );
  return isValid(strict, "u") ? strict : undefined;
}

function portableClass(characters: string): string {
  return characters
    .replaceAll(/(\\[dDsSwW])-(?!\])/g, "$1\\-")
    .replaceAll(/\\(.)/gs, (token: string, escaped: string) =>
      escaped === "-" || ESCAPABLE.test(escaped) ? token : escaped,
    );
}

function isValid(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}
