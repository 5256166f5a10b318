/** How UTF-16 looks if it is decoded as UTF-8: the byte order mark is invalid, and every other byte of ASCII is zero. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the zero bytes are what it looks for
const UTF_16 = /^\ufffd\ufffd|^[^\u0000]?\u0000/;

/**
 * Removes the byte order mark that some editors write.
 *
 * @param text Decoded as UTF-8.
 * @returns `undefined` if the text was not UTF-8 but UTF-16.
 */
export function withoutByteOrderMark(text: string): string | undefined {
  return UTF_16.test(text) ? undefined : text.replace(/^\ufeff/, "");
}
