import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];
type Environment = Readonly<Record<string, string | undefined>>;

/** The style of one output. Without colors, the functions return their text unchanged. */
export interface Style {
  readonly colors: boolean;
  /** Whether characters beyond ASCII are shown correctly. */
  readonly unicode: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Creates the style of an output. */
export function styleFor(isTerminal: boolean, env: Environment): Style {
  return createStyle(wantsColors(isTerminal, env), hasUnicode(env));
}

/** Creates a style with given abilities. */
export function createStyle(colors: boolean, unicode: boolean): Style {
  const format =
    (name: Format) =>
    (text: string): string =>
      colors && text !== "" ? styleText(name, text, { validateStream: false }) : text;
  return {
    colors,
    unicode,
    bold: format("bold"),
    dim: format("dim"),
    red: format("red"),
    green: format("green"),
    yellow: format("yellow"),
    cyan: format("cyan"),
  };
}

/**
 * `FORCE_COLOR` decides if it is set, as in Node; then `NO_COLOR`, if it is not empty. Otherwise terminals have colors.
 *
 * @see https://no-color.org
 */
function wantsColors(isTerminal: boolean, env: Environment): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (env["NO_COLOR"]) return false;
  return isTerminal && env["TERM"] !== "dumb";
}

/** A locale with another character set than UTF-8 decides. Without a locale, terminals show Unicode. */
function hasUnicode(env: Environment): boolean {
  if (env["TERM"] === "dumb") return false;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return locale === "" || /utf-?8/i.test(locale);
}
