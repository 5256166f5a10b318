import { ASCII_SYMBOLS, type Symbols, UNICODE_SYMBOLS } from "../theme/symbols.ts";
import { THEMES, type Theme } from "../theme/theme.ts";
import { terminalFeatures } from "./terminal-features.ts";

/** The capabilities of the terminal, and the theme. */
export interface TerminalStyle {
  readonly theme: Theme;
  readonly symbols: Symbols;
  readonly color: boolean;
  /** Whether characters beyond ASCII are shown. */
  readonly unicode: boolean;
  /** Whether it opens addresses (OSC 8). Default: `false`. */
  readonly hyperlinks?: boolean | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Returns the style for the terminal that the environment describes, in a theme. */
export function chooseTerminalStyle(env: Variables, themeName: string): TerminalStyle {
  const color = hasColor(env);
  const unicode = hasUnicode(env);
  return {
    theme: color ? (THEMES[themeName] ?? THEMES["dark"] ?? {}) : {},
    symbols: unicode ? UNICODE_SYMBOLS : ASCII_SYMBOLS,
    color,
    unicode,
    hyperlinks: terminalFeatures(env).hyperlinks,
  };
}

// https://no-color.org
function hasColor(env: Variables): boolean {
  return (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

function hasUnicode(env: Variables): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  // Windows has no such variables, and its terminals show Unicode.
  if (locale === undefined || locale === "") return process.platform === "win32";
  return /utf-?8/i.test(locale);
}
