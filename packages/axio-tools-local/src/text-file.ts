import type { FileHandle } from "node:fs/promises";
import type { Folder, Place } from "./folder.ts";
import { errorCode, refusal } from "./local-error.ts";

/** How large a file may be to be read whole. */
export const MAX_WHOLE_FILE_BYTES = 10_000_000;

/** A text as it lies in a file. */
export interface TextFile {
  /** Without the byte order mark. */
  readonly text: string;
  /** Whether the file begins with a byte order mark. */
  readonly mark: boolean;
}

/**
 * Reads a whole text, to change it. `undefined` where there is no file.
 *
 * @throws AxioError `invalid-argument` where the file is no UTF-8 text, or too large: changing it would damage it.
 */
export async function readTextFile(folder: Folder, place: Place): Promise<TextFile | undefined> {
  const bytes = await readWhole(folder, place);
  return bytes === undefined ? undefined : decode(bytes, place);
}

/** The bytes of a file. `undefined` where there is none. */
export async function readWhole(folder: Folder, place: Place): Promise<Buffer | undefined> {
  let handle: FileHandle;
  try {
    handle = await folder.openFile(place);
  } catch (error) {
    if (errorCode((error as Error).cause) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    if (size > MAX_WHOLE_FILE_BYTES) throw tooLarge(place, size);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The bytes of a text, as they were. */
export function encodeTextFile({ text, mark }: TextFile): Uint8Array {
  return Buffer.from(mark ? `\uFEFF${text}` : text);
}

function decode(bytes: Buffer, { name }: Place): TextFile {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refusal(
      `${name} is no UTF-8 text and cannot be changed without damage. Change it with a program of its kind.`,
      cause,
    );
  }
  if (text.includes("\0")) throw refusal(`${name} is binary. Change it with a program of its kind.`);
  const mark = text.startsWith("\uFEFF");
  return { text: mark ? text.slice(1) : text, mark };
}

function tooLarge({ name }: Place, size: number): Error {
  return refusal(
    `${name} has ${size} bytes; ${MAX_WHOLE_FILE_BYTES} is the most that can be handled whole. Use a program that works on parts of it.`,
  );
}
