const INVISIBLE = /[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * A text as somebody is asked about it: what a terminal would obey, or what turns the direction of a line, is written out as
 * `\u{1b}`. Otherwise a command could look like another one.
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    character === "\n" || character === "\t"
      ? character
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
