import { type FileHandle, open } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { FileBlock, ImageBlock } from "axio";
import { LARGEST_FILE_BYTES, LARGEST_IMAGE_BYTES } from "axio-responses";
import { DOCUMENT_EXTENSIONS, documentType, imageType } from "./file-types.ts";
import { UsageError } from "./usage-error.ts";

const MIB = 1024 * 1024;

/**
 * Reads a picture.
 *
 * @throws UsageError where it is missing, empty, too large or no picture that a model takes.
 */
export async function readImage(path: string): Promise<ImageBlock> {
  const bytes = await readBytes(path, {
    option: "--image",
    largest: LARGEST_IMAGE_BYTES,
    smaller: "Scale it down, or save it as JPEG or WebP.",
  });
  const mediaType = imageType(bytes);
  if (mediaType === undefined)
    throw new UsageError(
      `${JSON.stringify(path)} is no PNG, JPEG, WebP or GIF picture.`,
      "Convert it to one of these. For a document, use --file.",
    );
  return { type: "image", mediaType, source: { kind: "base64", data: bytes.toString("base64") } };
}

/**
 * Reads a document.
 *
 * @throws UsageError where it is missing, empty, too large, not what its name says or of a type that nobody knows.
 */
export async function readDocument(path: string): Promise<FileBlock> {
  const bytes = await readBytes(path, {
    option: "--file",
    largest: LARGEST_FILE_BYTES,
    smaller: "Give a smaller file, or a part of it.",
  });
  const extension = extname(path).toLowerCase();
  const mediaType = documentType(bytes, extension);
  if (mediaType === "misnamed" || mediaType === undefined) {
    const shown = JSON.stringify(path);
    const what =
      mediaType === undefined
        ? `${shown} is of an unknown type: neither text nor one of ${DOCUMENT_EXTENSIONS.join(", ")}.`
        : `${shown} is not what its name says: its content is no ${extension} file.`;
    const picture = imageType(bytes);
    throw new UsageError(
      what,
      picture !== undefined
        ? `It is a picture (${picture}): use --image.`
        : mediaType === undefined
          ? "Convert it to PDF or text. For a picture, use --image."
          : "Give it the name of what it is, or convert it.",
    );
  }
  return {
    type: "file",
    mediaType,
    name: basename(path),
    source: { kind: "base64", data: bytes.toString("base64") },
  };
}

interface Limits {
  readonly option: string;
  /** In bytes. */
  readonly largest: number;
  /** What to do with one that is larger. */
  readonly smaller: string;
}

async function readBytes(path: string, { option, largest, smaller }: Limits): Promise<Buffer> {
  const shown = JSON.stringify(path);
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const bytes = size > largest ? undefined : await readAtMost(file, largest);
    if (bytes === undefined)
      throw new UsageError(
        `${shown} has ${size > largest ? Math.ceil((size / MIB) * 10) / 10 : `more than ${largest / MIB}`} MiB; at most ${largest / MIB} MiB can be sent.`,
        smaller,
      );
    if (bytes.length === 0) throw new UsageError(`${shown} is empty.`, `Check the path after ${option}.`);
    return bytes;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : "unknown error";
    if (code === "ENOENT")
      throw new UsageError(`There is no file ${shown}.`, `Check the path after ${option}.`);
    if (code === "EISDIR") throw new UsageError(`${shown} is a folder.`, `Name a file with ${option}.`);
    throw new UsageError(
      `${shown} cannot be read (${String(code)}).`,
      `Check that you may read it, or name another file with ${option}.`,
    );
  }
}

/** Reads a file, or gives up where there is more: pipes and devices have no size, and some have no end. */
async function readAtMost(file: FileHandle, largest: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  for (let length = 0; length <= largest; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(MIB));
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return undefined;
}
