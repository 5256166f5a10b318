import { readFile, stat } from "node:fs/promises";
import { basename, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Block } from "axio";
import { formatBytes } from "../transcript/describe-block.ts";

/** The first bytes of pictures. File names are too often wrong. */
const IMAGES: readonly (readonly [mediaType: string, pattern: RegExp])[] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
];
const IMAGE_NAME = /\.(?:png|jpe?g|gif|webp)$/i;
const LARGEST_FILE_BYTES = 20 * 1024 * 1024;
const LARGEST_TEXT_BYTES = 256 * 1024;

/** The files that a prompt names. */
export interface Attachments {
  readonly blocks: readonly Block[];
  /** The files that were not attached, and why. */
  readonly problems: readonly string[];
}

/** Returns the paths that a prompt names: those after `@`, and paths of pictures, as a terminal inserts dropped files. */
export function namedPaths(text: string): readonly string[] {
  const found: string[] = [];
  const pattern = /(?:^|(?<=\s))(?:@(?:"([^"\n]+)"|(\S+))|'([^'\n]+)'|((?:[^\s\\'"]|\\.)+))/g;
  for (const [, quoted, marked, single, plain] of text.slice(0, 100_000).matchAll(pattern)) {
    const path = quoted ?? marked?.replace(/[,;:!?)]+$/, "");
    if (path !== undefined) found.push(path);
    const bare = single ?? plain?.replace(/\\(.)/g, "$1");
    if (bare !== undefined && IMAGE_NAME.test(bare) && /^(?:\.{0,2}\/|~\/|file:|[A-Za-z]:\\)/.test(bare))
      found.push(bare);
  }
  return found;
}

/** Reads the files that a prompt names. A word after `@` that is not a file remains text. */
export async function readAttachments(
  text: string,
  {
    cwd,
    home,
    acceptsImages,
  }: { readonly cwd: string; readonly home: string; readonly acceptsImages: boolean },
): Promise<Attachments> {
  const blocks: Block[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const path of namedPaths(text)) {
    const file = absolutePath(path, cwd, home);
    if (seen.has(file)) continue;
    seen.add(file);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined || !found.isFile()) continue;
    try {
      const block = await readOne(file, path, found.size, acceptsImages);
      if (typeof block === "string") problems.push(block);
      else blocks.push(block);
    } catch (error) {
      problems.push(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { blocks, problems };
}

async function readOne(
  file: string,
  path: string,
  size: number,
  acceptsImages: boolean,
): Promise<Block | string> {
  if (size > LARGEST_FILE_BYTES) return `${path} has ${formatBytes(size)}; the limit is 20 MB.`;
  const bytes = await readFile(file);
  const start = bytes.subarray(0, 16).toString("latin1");
  const [mediaType] = IMAGES.find(([, pattern]) => pattern.test(start)) ?? [];
  if (mediaType !== undefined) {
    if (!acceptsImages)
      return `${path} was not attached, because this model does not accept images. /model selects another model.`;
    return { type: "image", mediaType, source: { kind: "base64", data: bytes.toString("base64") } };
  }
  if (start.startsWith("%PDF-"))
    return {
      type: "file",
      mediaType: "application/pdf",
      name: basename(file),
      source: { kind: "base64", data: bytes.toString("base64") },
    };
  if (bytes.includes(0)) return `${path} was not attached, because it is neither text, a picture nor a PDF.`;
  if (size > LARGEST_TEXT_BYTES)
    return `${path} has ${formatBytes(size)}; the limit for text is ${formatBytes(LARGEST_TEXT_BYTES)}. Ask the model to read the relevant part.`;
  return { type: "text", text: fileText(path, bytes.toString("utf8")) };
}

/** A text file as the model receives it. */
export function fileText(path: string, content: string): string {
  return `<file path=${JSON.stringify(path)}>\n${content}\n</file>`;
}

function absolutePath(path: string, cwd: string, home: string): string {
  if (path.startsWith("file:")) {
    try {
      return fileURLToPath(path);
    } catch {
      return path;
    }
  }
  if (path.startsWith("~/")) return resolve(home, path.slice(2));
  return isAbsolute(path) ? path : resolve(cwd, path);
}
