import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { FileBlock, ImageBlock } from "axio";
import { UsageError } from "./usage-error.ts";

/** The server takes no more with one request, in bytes. */
const LARGEST_FILE = 50 * 1024 * 1024;

/** What pictures begin with. The name is not asked: it is wrong too often. */
const IMAGE_SIGNATURES: readonly (readonly [mediaType: string, pattern: RegExp])[] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
];

const OFFICE = "application/vnd.openxmlformats-officedocument";
/** Documents that are no text. Anything that is text is taken as such. */
const DOCUMENT_TYPES: { readonly [extension: string]: string } = {
  ".pdf": "application/pdf",
  ".docx": `${OFFICE}.wordprocessingml.document`,
  ".pptx": `${OFFICE}.presentationml.presentation`,
  ".xlsx": `${OFFICE}.spreadsheetml.sheet`,
  ".doc": "application/msword",
  ".ppt": "application/vnd.ms-powerpoint",
  ".xls": "application/vnd.ms-excel",
  ".odt": "application/vnd.oasis.opendocument.text",
  ".rtf": "application/rtf",
};
const TEXT_TYPES: { readonly [extension: string]: string } = {
  ".csv": "text/csv",
  ".html": "text/html",
  ".json": "application/json",
  ".md": "text/markdown",
};

/**
 * Reads a picture.
 *
 * @throws UsageError where it is missing, empty, too large or no picture that a model takes.
 */
export async function readImage(path: string): Promise<ImageBlock> {
  const bytes = await readBytes(path, "--image");
  const start = bytes.subarray(0, 16).toString("latin1");
  const [mediaType] = IMAGE_SIGNATURES.find(([, pattern]) => pattern.test(start)) ?? [];
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
 * @throws UsageError where it is missing, empty, too large or of a type that nobody knows.
 */
export async function readDocument(path: string): Promise<FileBlock> {
  const bytes = await readBytes(path, "--file");
  const extension = extname(path).toLowerCase();
  const mediaType =
    DOCUMENT_TYPES[extension] ?? (isText(bytes) ? (TEXT_TYPES[extension] ?? "text/plain") : undefined);
  if (mediaType === undefined)
    throw new UsageError(
      `${JSON.stringify(path)} is of an unknown type: neither text nor one of ${Object.keys(DOCUMENT_TYPES).join(", ")}.`,
      "Convert it to PDF or text. For a picture, use --image.",
    );
  return {
    type: "file",
    mediaType,
    name: basename(path),
    source: { kind: "base64", data: bytes.toString("base64") },
  };
}

async function readBytes(path: string, option: string): Promise<Buffer> {
  const shown = JSON.stringify(path);
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw new UsageError(`${shown} is a folder.`, `Name a file with ${option}.`);
    if (file.size > LARGEST_FILE)
      throw new UsageError(
        `${shown} has ${Math.ceil(file.size / 1024 / 1024)} MB; at most 50 MB can be sent.`,
        "Give a smaller file, or a part of it.",
      );
    const bytes = await readFile(path);
    if (bytes.length === 0) throw new UsageError(`${shown} is empty.`, `Check the path after ${option}.`);
    return bytes;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : "unknown error";
    if (code === "ENOENT")
      throw new UsageError(`There is no file ${shown}.`, `Check the path after ${option}.`);
    throw new UsageError(
      `${shown} cannot be read (${String(code)}).`,
      `Check that you may read it, or name another file with ${option}.`,
    );
  }
}

function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
