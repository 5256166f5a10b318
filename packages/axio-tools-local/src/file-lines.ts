import type { FileHandle } from "node:fs/promises";
import { TextDecoder } from "node:util";

/** A line of a file. A very long one is truncated. */
export interface FileLine {
  /** Without its ending. */
  readonly text: string;
  /** How many bytes of the line are missing from `text`. */
  readonly truncatedBytes: number;
  readonly ending: "" | "\n" | "\r\n";
  /** Whether the line is valid UTF-8. Otherwise it is decoded as Windows-1252. */
  readonly isUtf8: boolean;
}

const CHUNK_BYTES = 65_536;
const [LF, CR] = [0x0a, 0x0d];

/** Reads lines in order. Memory use is bounded by `maxLineBytes`. */
export async function* readLines(handle: FileHandle, maxLineBytes: number): AsyncGenerator<FileLine> {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let lineBytes = 0;
  let last = 0;
  const add = (part: Buffer): void => {
    lineBytes += part.length;
    last = part.at(-1) ?? last;
    const rest = part.subarray(0, Math.max(0, maxLineBytes + 1 - keptBytes));
    if (rest.length === 0) return;
    kept.push(Buffer.from(rest));
    keptBytes += rest.length;
  };
  const take = (isEnded: boolean): FileLine => {
    const ending = isEnded ? (last === CR ? "\r\n" : "\n") : "";
    const line = toLine(Buffer.concat(kept), lineBytes - (ending === "\r\n" ? 1 : 0), maxLineBytes, ending);
    [kept, keptBytes, lineBytes, last] = [[], 0, 0, 0];
    return line;
  };
  for await (const chunk of readChunks(handle)) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      add(chunk.subarray(start, end));
      yield take(true);
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (lineBytes > 0) yield take(false);
}

function toLine(bytes: Buffer, length: number, maxBytes: number, ending: FileLine["ending"]): FileLine {
  let shown = bytes.subarray(0, Math.min(length, maxBytes));
  // Do not split a character.
  if (shown.length < length) shown = shown.subarray(0, characterStart(bytes, shown.length));
  const truncatedBytes = length - shown.length;
  try {
    return {
      text: new TextDecoder("utf-8", { fatal: true }).decode(shown),
      truncatedBytes,
      ending,
      isUtf8: true,
    };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(shown), truncatedBytes, ending, isUtf8: false };
  }
}

/** Returns the start of the UTF-8 character at an offset. */
function characterStart(bytes: Buffer, offset: number): number {
  let start = offset;
  while (start > 0 && offset - start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}

/** Reads a file from the start. Converts UTF-16 with a byte order mark to UTF-8. */
async function* readChunks(handle: FileHandle): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    if (position === 0) decoder = utf16Decoder(chunk);
    position += bytesRead;
    yield decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
  }
}

function utf16Decoder(start: Buffer): TextDecoder | undefined {
  const encoding = utf16Encoding(start);
  return encoding === undefined ? undefined : new TextDecoder(encoding);
}

/** How many characters tell whether a text without a byte order mark is UTF-16. */
const SAMPLE_CHARACTERS = 256;

/** Returns the UTF-16 encoding of a text: that of its byte order mark, or of characters that are mostly ASCII. */
export function utf16Encoding(start: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  if (isMostlyAscii(start, 0)) return "utf-16le";
  return isMostlyAscii(start, 1) ? "utf-16be" : undefined;
}

/** @param offset The position of the low byte of a character. */
function isMostlyAscii(bytes: Uint8Array, offset: 0 | 1): boolean {
  const count = Math.min(SAMPLE_CHARACTERS, Math.floor(bytes.length / 2));
  let ascii = 0;
  for (let index = 0; index < count; index += 1) {
    const [low = 0, high = 0] = [bytes[2 * index + offset], bytes[2 * index + 1 - offset]];
    // A text has no NUL characters.
    if (low === 0 && high === 0) return false;
    if (high === 0 && (low >= 0x20 || (low >= 0x09 && low <= 0x0d)) && low < 0x7f) ascii += 1;
  }
  return count >= 2 && ascii >= 0.8 * count;
}
