/** What a terminal obeys instead of showing it, as a whole: what styles and moves, what names, and all other (ECMA-48, 8.3). */
const SEQUENCE = new RegExp(
  [
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?`,
    String.raw`\x1b[PX^_][^\x1b]*(?:\x1b\\)?`,
    String.raw`\x1b[ -/]*[0-~]`,
  ].join("|"),
  "g",
);
/** Control characters but line feed and tab, and marks that turn the direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
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
 * Makes text that comes from elsewhere (a model, a tool, a file) fit for a terminal: it can no longer move the cursor or set the
 * title. Sequences that style text are left out, other control characters are shown as `\x07`; tabs become spaces. Without
 * `unicode`, what is beyond ASCII is written in ASCII, or as `?`.
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

/** The same on one row. */
export function cleanLine(text: string, unicode: boolean): string {
  return cleanText(text, unicode).replace(/\s+/g, " ").trim();
}

// A program that draws its progress over itself means the last of it.
function resolveReturns(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .split("\n")
    .map((row) => row.slice(row.lastIndexOf("\r", row.length - 2) + 1).replace(/\r$/, ""))
    .join("\n");
}

function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e\n]/gu, (character) => {
    const known = ASCII_FORMS[character];
    if (known !== undefined) return known;
    const base = character.normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
    return base === "" ? "?" : base;
  });
}
