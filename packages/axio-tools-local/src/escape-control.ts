/**
 * Characters that are invisible or change what is seen: control characters, format characters such as zero-width spaces, tags
 * and bidirectional controls, separators other than the space, and the letters that have no ink.
 */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u3164\uffa0]/gu;

/** The beginning of an escape. A text that has one already is escaped, so that it differs from a character that is. */
const ESCAPE = /\\(?=u\{)/g;

/**
 * Escapes invisible characters as `\u{1b}`, except spaces, newlines and tabs. Without this, a command in a permission request
 * could look like a different one.
 */
export function escapeControl(text: string): string {
  return text
    .replace(ESCAPE, "\\u{5c}")
    .replace(INVISIBLE, (character) =>
      character === " " || character === "\n" || character === "\t"
        ? character
        : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}
