import { toolError } from "../tool-error.ts";

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  blank: " \\t",
  digit: "0-9",
  lower: "a-z",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  word: "\\w",
  xdigit: "0-9A-Fa-f",
};

/** Tokens of a regular expression that other languages write differently. Escapes are consumed, so that `\\A` is not one. */
const FOREIGN = /\\[AZz]|\\.|\(\?P<|\(\?P=(\w+)\)|\[:(\w+):\]/gs;
const LEADING_FLAGS = /^\(\?([a-z]+)\)/;

/**
 * Compiles a regular expression of a model. Translates what grep, Python, Go and Rust write differently: `(?i)` at the start,
 * `(?P<name>…)`, `[[:alpha:]]`, `\A` and `\z`.
 *
 * @throws AxioError `invalid-argument` with a hint if it is not valid.
 */
export function compilePattern(pattern: string, ignoreCase: boolean): RegExp {
  const flags = LEADING_FLAGS.exec(pattern)?.[1] ?? "";
  const unknown = flags.replace(/[imsu]/g, "");
  if (unknown !== "") {
    throw toolError(`The pattern begins with the flag "${unknown[0]}", which is not supported. Remove it.`);
  }
  const source = flags === "" ? pattern : pattern.slice(flags.length + 3);
  const own = ["i", "m", "s"].filter((flag) => flags.includes(flag) || (flag === "i" && ignoreCase));
  try {
    return new RegExp(translate(source), own.join(""));
  } catch (cause) {
    throw toolError(
      `The pattern is not a valid regular expression: ${(cause as Error).message}.${hint(source)}`,
      cause,
    );
  }
}

function translate(pattern: string): string {
  return pattern.replace(FOREIGN, (token: string, reference?: string, name?: string) => {
    if (token === "\\A") return "^";
    if (token === "\\z" || token === "\\Z") return "$";
    if (token === "(?P<") return "(?<";
    if (reference !== undefined) return `\\k<${reference}>`;
    if (name !== undefined) return POSIX_CLASSES[name] ?? token;
    return token;
  });
}

function hint(pattern: string): string {
  if (/\(\?[imsux-]+[:)]/.test(pattern)) {
    return ' Flags such as (?i) are allowed only at the start. Set "ignoreCase" instead.';
  }
  if (/\(\?>|[*+?}]\+/.test(pattern)) return " Possessive and atomic groups are not supported.";
  return " It is a JavaScript regular expression; escape special characters with a backslash to search for them.";
}
