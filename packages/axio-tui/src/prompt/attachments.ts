import { readFile, stat } from "node:fs/promises";
import { basename, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Block } from "axio";
import { formatBytes } from "../transcript/describe-block.ts";

/** What pictures begin with. The name is not asked: it is wrong too often. */
const PICTURES: readonly (readonly [mediaType: string, pattern: RegExp])[] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
];
const PICTURE_NAME = /\.(?:png|jpe?g|gif|webp)$/i;
/** In bytes. */
const LARGEST_PICTURE = 20 * 1024 * 1024;
const LARGEST_TEXT = 256 * 1024;

/** What a prompt names, ready for the model. */
export interface Attachments {
  readonly blocks: readonly Block[];
  /** What could not be given, and why. */
  readonly problems: readonly string[];
}

/**
 * The paths that a prompt names: those after `@`, and paths of pictures that stand by themselves, as a terminal writes them where a
 * file is dropped.
 */
export function namedPaths(text: string): readonly { readonly path: string; readonly isMarked: boolean }[] {
  const found: { path: string; isMarked: boolean }[] = [];
  const pattern = /(?:^|(?<=\s))(?:@(?:"([^"\n]+)"|(\S+))|'([^'\n]+)'|((?:[^\s\\'"]|\\.)+))/g;
  for (const [, quoted, marked, single, plain] of text.slice(0, 100_000).matchAll(pattern)) {
    const path = quoted ?? marked?.replace(/[,;:!?)]+$/, "");
    if (path !== undefined) found.push({ path, isMarked: true });
    const bare = single ?? plain?.replace(/\\(.)/g, "$1");
    if (bare !== undefined && PICTURE_NAME.test(bare) && /^(?:\.{0,2}\/|~\/|file:|[A-Za-z]:\\)/.test(bare))
      found.push({ path: bare, isMarked: false });
  }
  return found;
}

/** Reads what a prompt names. A word after `@` that is no file is left as it is: it may be a name. */
export async function readAttachments(
  text: string,
  {
    folder,
    home,
    takesPictures,
  }: { readonly folder: string; readonly home: string; readonly takesPictures: boolean },
): Promise<Attachments> {
  const blocks: Block[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { path } of namedPaths(text)) {
    const file = absolutePath(path, folder, home);
    if (seen.has(file)) continue;
    seen.add(file);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined || !found.isFile()) continue;
    try {
      const block = await readOne(file, path, found.size, takesPictures);
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
  takesPictures: boolean,
): Promise<Block | string> {
  if (size > LARGEST_PICTURE) return `${path} has ${formatBytes(size)}; at most 20 MB can be given.`;
  const bytes = await readFile(file);
  const start = bytes.subarray(0, 16).toString("latin1");
  const [mediaType] = PICTURES.find(([, pattern]) => pattern.test(start)) ?? [];
  if (mediaType !== undefined) {
    if (!takesPictures)
      return `This model takes no pictures, so ${path} was not given. /model chooses another.`;
    return { type: "image", mediaType, source: { kind: "base64", data: bytes.toString("base64") } };
  }
  if (start.startsWith("%PDF-"))
    return {
      type: "file",
      mediaType: "application/pdf",
      name: basename(file),
      source: { kind: "base64", data: bytes.toString("base64") },
    };
  if (bytes.includes(0)) return `${path} is neither text, a picture nor a PDF, so it was not given.`;
  if (size > LARGEST_TEXT)
    return `${path} has ${formatBytes(size)}; up to ${formatBytes(LARGEST_TEXT)} of text are given whole. Ask the model to read the part that matters.`;
  return { type: "text", text: fileText(path, bytes.toString("utf8")) };
}

/** A text file as the model gets it. */
export function fileText(path: string, content: string): string {
  return `<file path=${JSON.stringify(path)}>\n${content}\n</file>`;
}

function absolutePath(path: string, folder: string, home: string): string {
  if (path.startsWith("file:")) {
    try {
      return fileURLToPath(path);
    } catch {
      return path;
    }
  }
  if (path.startsWith("~/")) return resolve(home, path.slice(2));
  return isAbsolute(path) ? path : resolve(folder, path);
}
