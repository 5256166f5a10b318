/** What a terminal obeys instead of showing it: control characters, and marks that turn the direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from elsewhere, such as a package's name, on one line and without power over the terminal. */
export function cleanLine(text: string): string {
  return text.replace(CONTROL, " ");
}
