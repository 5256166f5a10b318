import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];
type Environment = Readonly<Record<string, string | undefined>>;

/** Colours and signs for one output. Each function gives its text back as it is where colours are off. */
export interface Style {
  /** Whether colours are on. */
  readonly colors: boolean;
  /** Whether the terminal shows more than ASCII. */
  readonly unicode: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Makes the style of an output. */
export function styleFor(isTerminal: boolean, env: Environment): Style {
  return createStyle(wantsColors(isTerminal, env), hasUnicode(env));
}

/** Makes a style where it is known what the terminal shows. */
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
 * `FORCE_COLOR` decides where it is set, as in Node; then `NO_COLOR`, if it is not empty; else a terminal has colours.
 *
 * @see https://no-color.org
 */
function wantsColors(isTerminal: boolean, env: Environment): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (env["NO_COLOR"]) return false;
  return isTerminal && env["TERM"] !== "dumb";
}

/** A locale that names another character set than UTF-8 means it; where none is set, terminals of today show Unicode. */
function hasUnicode(env: Environment): boolean {
  if (env["TERM"] === "dumb") return false;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return locale === "" || /utf-?8/i.test(locale);
}
