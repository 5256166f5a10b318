import type { Color, Line, Style } from "./line.ts";

/** The colors of a theme, as SGR parameters (ECMA-48). They use the palette that the user chose for the terminal. */
export type Theme = { readonly [color in Color]?: string };

const DARK: Theme = {
  accent: "36",
  user: "36",
  muted: "90",
  success: "32",
  warning: "33",
  error: "31",
  heading: "1;35",
  link: "4;34",
  code: "33",
  added: "32",
  removed: "31",
  keyword: "35",
  string: "32",
  number: "33",
  name: "34",
  type: "36",
};

/** Themes by name. They use the sixteen ANSI colors; `mono` uses none. */
export const THEMES: { readonly [name: string]: Theme } = {
  dark: DARK,
  light: { ...DARK, accent: "34", user: "34", warning: "35", code: "35", number: "31", type: "34" },
  contrast: {
    ...DARK,
    accent: "96",
    user: "96",
    muted: "37",
    success: "92",
    warning: "93",
    error: "1;91",
    heading: "1;97",
    link: "4;96",
    code: "93",
    added: "92",
    removed: "91",
  },
  mono: {},
};

/**
 * Returns a row as text with SGR sequences.
 *
 * @param hyperlinks Whether the terminal opens addresses (OSC 8). Default: `false`.
 */
export function paintLine(row: Line, theme: Theme, hyperlinks = false): string {
  let text = "";
  for (const part of row) {
    const codes = styleCodes(part, theme);
    const painted = codes === "" ? part.text : `\x1b[${codes}m${part.text}\x1b[0m`;
    const isLink = hyperlinks && part.url !== undefined && SAFE_URL.test(part.url);
    text += isLink ? `\x1b]8;;${part.url}\x1b\\${painted}\x1b]8;;\x1b\\` : painted;
  }
  return text;
}

/** An address of the web without characters that would end the sequence. */
const SAFE_URL = /^https?:\/\/[\x21-\x7e]{1,2000}$/i;

function styleCodes(style: Style, theme: Theme): string {
  const codes: string[] = [];
  if (style.bold) codes.push("1");
  if (style.italic) codes.push("3");
  if (style.underline) codes.push("4");
  if (style.inverse) codes.push("7");
  if (style.strikethrough) codes.push("9");
  const color = style.color === undefined ? undefined : theme[style.color];
  if (color !== undefined) codes.push(color);
  return codes.join(";");
}
