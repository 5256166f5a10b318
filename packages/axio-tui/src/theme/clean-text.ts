/** Escape sequences (ECMA-48, 8.3): control sequences, operating system commands, other strings, and the rest. */
const SEQUENCE = new RegExp(
  [
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?`,
    String.raw`\x1b[PX^_][^\x1b]*(?:\x1b\\)?`,
    String.raw`\x1b[ -/]*[0-~]`,
  ].join("|"),
  "g",
);
/** Control characters other than line feed and tab, and bidirectional controls. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this matches control characters
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const ASCII_FORMS: { readonly [character: string]: string } = {
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "–": "-",
  "—": "--",
  "…": "...",
  "•": "*",
  "→": "->",
  "←": "<-",
  "×": "x",
  "\u00a0": " ",
};

/**
 * Makes foreign text (from a model, a tool, a file) safe for a terminal, so that it cannot move the cursor or set the title.
 * Removes escape sequences, shows control characters as `\x07`, and replaces tabs with spaces. Without `unicode`, other
 * characters than ASCII are transliterated, or replaced with `?`.
 */
export function cleanText(text: string, unicode: boolean): string {
  const plain = resolveReturns(text.replaceAll("\r\n", "\n").replace(SEQUENCE, ""))
    .replaceAll("\t", "    ")
    .replace(CONTROL, (character) => {
      const code = character.charCodeAt(0);
      return code < 0x100
        ? `\\x${code.toString(16).padStart(2, "0")}`
        : `\\u${code.toString(16).padStart(4, "0")}`;
    });
  return unicode ? plain : toAscii(plain);
}

/** Like {@link cleanText}, on one line. */
export function cleanLine(text: string, unicode: boolean): string {
  return cleanText(text, unicode).replace(/\s+/g, " ").trim();
}

// Of a progress display that overwrites itself, only the last state counts.
function resolveReturns(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .split("\n")
    .map((row) => row.slice(row.lastIndexOf("\r", row.length - 2) + 1).replace(/\r$/, ""))
    .join("\n");
}

function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e\n]/gu, (character) => {
    const form = ASCII_FORMS[character];
    if (form !== undefined) return form;
    const base = character.normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
    return base === "" ? "?" : base;
  });
}
