import { type FileHandle, open } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { FileBlock, ImageBlock } from "axio";
import { errorCode } from "axio/internal";
import { UsageError } from "../usage-error.ts";
import { DOCUMENT_EXTENSIONS, documentType, imageType } from "./file-types.ts";

const MIB = 1024 * 1024;
const MAX_IMAGE_BYTES = 20 * MIB;
const MAX_FILE_BYTES = 50 * MIB;

/**
 * Reads an image.
 *
 * @throws UsageError if it is missing, empty, too large or not an image that models accept.
 */
export async function readImage(path: string): Promise<ImageBlock> {
  const bytes = await readBytes(path, {
    option: "--image",
    maxBytes: MAX_IMAGE_BYTES,
    advice: "Scale it down, or save it as JPEG or WebP.",
  });
  const mediaType = imageType(bytes);
  if (mediaType === undefined)
    throw new UsageError(
      `${JSON.stringify(path)} is not a PNG, JPEG, WebP or GIF image.`,
      "Convert it to one of these. For a document, use --file.",
    );
  return { type: "image", mediaType, source: { kind: "base64", data: bytes.toString("base64") } };
}

/**
 * Reads a document.
 *
 * @throws UsageError if it is missing, empty, too large, not of the type that its name says, or of an unknown type.
 */
export async function readDocument(path: string): Promise<FileBlock> {
  const bytes = await readBytes(path, {
    option: "--file",
    maxBytes: MAX_FILE_BYTES,
    advice: "Use a smaller file, or a part of it.",
  });
  const extension = extname(path).toLowerCase();
  const mediaType = documentType(bytes, extension);
  if (mediaType === "misnamed" || mediaType === undefined) {
    const shown = JSON.stringify(path);
    const problem =
      mediaType === undefined
        ? `${shown} has an unknown type: neither text nor one of ${DOCUMENT_EXTENSIONS.join(", ")}.`
        : `${shown} is not a ${extension} file, although its name says so.`;
    const image = imageType(bytes);
    throw new UsageError(
      problem,
      image !== undefined
        ? `It is an image (${image}): use --image.`
        : mediaType === undefined
          ? "Convert it to PDF or text. For an image, use --image."
          : "Rename it, or convert it.",
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
  readonly maxBytes: number;
  /** The advice for a larger file. */
  readonly advice: string;
}

async function readBytes(path: string, { option, maxBytes, advice }: Limits): Promise<Buffer> {
  const shown = JSON.stringify(path);
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const bytes = size > maxBytes ? undefined : await readAtMost(file, maxBytes);
    if (bytes === undefined)
      throw new UsageError(
        `${shown} has ${size > maxBytes ? Math.ceil((size / MIB) * 10) / 10 : `more than ${maxBytes / MIB}`} MiB; at most ${maxBytes / MIB} MiB can be sent.`,
        advice,
      );
    if (bytes.length === 0) throw new UsageError(`${shown} is empty.`, `Check the path after ${option}.`);
    return bytes;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = errorCode(error) ?? "unknown error";
    if (code === "ENOENT")
      throw new UsageError(`There is no file ${shown}.`, `Check the path after ${option}.`);
    if (code === "EISDIR") throw new UsageError(`${shown} is a directory.`, `Name a file with ${option}.`);
    throw new UsageError(
      `${shown} cannot be read (${code}).`,
      `Check its permissions, or name another file with ${option}.`,
    );
  }
}

/** Reads a file unless it is longer. Pipes and devices have no size, and some have no end. */
async function readAtMost(file: FileHandle, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  for (let length = 0; length <= maxBytes; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(MIB));
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return undefined;
}
