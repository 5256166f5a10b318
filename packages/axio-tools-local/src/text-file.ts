import type { FileHandle } from "node:fs/promises";
import { errorCode } from "axio/internal";
import { withLineEndingsOf } from "./line-endings.ts";
import { toolError } from "./tool-error.ts";
import type { Location, WorkingDirectory } from "./working-directory.ts";

/** The largest file that is read as a whole. */
export const MAX_WHOLE_FILE_BYTES = 10_000_000;

/** Begins some files in UTF-8. */
export const BYTE_ORDER_MARK = "\uFEFF";

/** The content of a text file. */
export interface TextFile {
  /** Without the byte order mark. */
  readonly text: string;
  readonly hasByteOrderMark: boolean;
}

/**
 * Reads a text file in order to change it. Returns `undefined` if the file does not exist.
 *
 * @throws AxioError `invalid-argument` if the file is not UTF-8 text, which a change would damage, or too large.
 */
export async function readTextFile(
  directory: WorkingDirectory,
  location: Location,
): Promise<TextFile | undefined> {
  const bytes = await readWhole(directory, location);
  return bytes === undefined ? undefined : decode(bytes, location);
}

/** Reads a whole file. Returns `undefined` if it does not exist. */
export async function readWhole(
  directory: WorkingDirectory,
  location: Location,
): Promise<Buffer | undefined> {
  let handle: FileHandle;
  try {
    handle = await directory.openFile(location);
  } catch (error) {
    if (errorCode((error as Error).cause) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    if (size > MAX_WHOLE_FILE_BYTES) throw tooLarge(location, size);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Returns the text file of a content that a model wrote: with the byte order mark and the line endings of the file before, unless
 * the content has its own.
 */
export function toTextFile(content: string, before: TextFile | undefined): TextFile {
  // Half a character cannot be written.
  const wellFormed = content.toWellFormed();
  const hasOwnMark = wellFormed.startsWith(BYTE_ORDER_MARK);
  const text = hasOwnMark ? wellFormed.slice(1) : wellFormed;
  return {
    text: withLineEndingsOf(before?.text ?? "", text),
    hasByteOrderMark: hasOwnMark || before?.hasByteOrderMark === true,
  };
}

/** Encodes a text file, with the byte order mark that it had. */
export function encodeTextFile({ text, hasByteOrderMark }: TextFile): Uint8Array {
  return Buffer.from(hasByteOrderMark ? BYTE_ORDER_MARK + text : text);
}

function decode(bytes: Buffer, { name }: Location): TextFile {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw toolError(
      `${name} is not UTF-8 text and cannot be changed without damage. Use another program to change it.`,
      cause,
    );
  }
  if (text.includes("\0")) throw toolError(`${name} is binary. Use another program to change it.`);
  const hasByteOrderMark = text.startsWith(BYTE_ORDER_MARK);
  return { text: hasByteOrderMark ? text.slice(1) : text, hasByteOrderMark };
}

function tooLarge({ name }: Location, size: number): Error {
  return toolError(
    `${name} has ${size} bytes; the limit is ${MAX_WHOLE_FILE_BYTES}. Use a program that reads parts of it.`,
  );
}
