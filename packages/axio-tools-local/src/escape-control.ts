const INVISIBLE = /[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * Escapes control and bidirectional characters as `\u{1b}`, except newlines and tabs. Without this, a command in a permission
 * request could look like a different one.
 */
export function escapeControl(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    character === "\n" || character === "\t"
      ? character
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
