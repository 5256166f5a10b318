import { ASCII_SYMBOLS, type Symbols, UNICODE_SYMBOLS } from "./symbols.ts";
import { THEMES, type Theme } from "./theme.ts";

/** How the app looks on this terminal. */
export interface TerminalStyle {
  readonly theme: Theme;
  readonly glyphs: Symbols;
  readonly color: boolean;
  readonly unicode: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** What a terminal with these variables can show, in the theme of this name. */
export function chooseTerminalStyle(env: Variables, themeName: string): TerminalStyle {
  const color = hasColor(env);
  const unicode = hasUnicode(env);
  return {
    theme: color ? (THEMES[themeName] ?? THEMES["dark"] ?? {}) : {},
    glyphs: unicode ? UNICODE_SYMBOLS : ASCII_SYMBOLS,
    color,
    unicode,
  };
}

// https://no-color.org
function hasColor(env: Variables): boolean {
  return (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

function hasUnicode(env: Variables): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  // Windows has no such variable, and its terminals show Unicode.
  if (locale === undefined || locale === "") return process.platform === "win32";
  return /utf-?8/i.test(locale);
}
