/** The longest line, in bytes. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

const LINE_FEED = 10;

/** A line of the input; `undefined` in place of one that is too long. */
export type InputLine = string | undefined;

/** Reads lines. A line that is too long is dropped without being kept in memory. The last one needs no line feed. */
export async function* readLines(
  input: AsyncIterable<Buffer | string>,
  longest = LONGEST_LINE_BYTES,
): AsyncGenerator<InputLine, void, undefined> {
  let parts: Buffer[] = [];
  let length = 0;
  const end = (): InputLine => {
    const line = length > longest ? undefined : Buffer.concat(parts).toString("utf8");
    parts = [];
    length = 0;
    return line;
  };
  const add = (part: Buffer): void => {
    length += part.length;
    if (length > longest) parts = [];
    else parts.push(part);
  };
  for await (const chunk of input) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, from)) {
      add(bytes.subarray(from, at));
      yield end();
      from = at + 1;
    }
    add(bytes.subarray(from));
  }
  if (length > 0) yield end();
}
