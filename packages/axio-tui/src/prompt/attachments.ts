import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AxioError, type Block } from "axio";
import { isInside, readRegularFile } from "axio-tools-local/contained-file";
import { formatBytes } from "../transcript/describe-block.ts";
import { namedPaths } from "./named-paths.ts";

/** The first bytes of pictures. File names are too often wrong. */
const IMAGES: readonly (readonly [mediaType: string, pattern: RegExp])[] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[\s\S]{4}WEBP/],
];
const LARGEST_FILE_BYTES = 20 * 1024 * 1024;
const LARGEST_TEXT_BYTES = 256 * 1024;
/** How many entries of a folder are listed. */
const MAX_LISTED = 300;

/** The files that a prompt names. */
export interface Attachments {
  readonly blocks: readonly Block[];
  /** The files that were not attached, and why. */
  readonly problems: readonly string[];
  /** The words that were taken as text although they look like paths. */
  readonly notes: readonly string[];
}

/** Where the paths of a prompt are looked up. */
export interface AttachmentOptions {
  readonly cwd: string;
  readonly home: string;
  readonly acceptsImages: boolean;
}

/**
 * Reads the files that a prompt names, and lists its folders. A word after `@` that is neither remains text; if it looks like
 * a path, a note says so.
 */
export async function readAttachments(text: string, options: AttachmentOptions): Promise<Attachments> {
  const blocks: Block[] = [];
  const problems: string[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  for (const { word, candidates, looksLikePath } of namedPaths(text)) {
    const found = await firstExisting(candidates, options);
    if (found === undefined) {
      if (looksLikePath && !seen.has(word)) notes.push(`There is no file ${word} here: @${word} stays text.`);
      seen.add(word);
      continue;
    }
    if (seen.has(found.file)) continue;
    seen.add(found.file);
    try {
      const block = await readOne(found, options);
      if (typeof block === "string") problems.push(block);
      else blocks.push(block);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`${found.path} cannot be read: ${reason}`);
    }
  }
  return { blocks, problems, notes };
}

/** A file or folder that a prompt names. */
interface FoundPath {
  /** As the user wrote it. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly stats: Stats;
}

async function firstExisting(
  candidates: readonly string[],
  { cwd, home }: AttachmentOptions,
): Promise<FoundPath | undefined> {
  for (const path of candidates) {
    const file = absolutePath(path, cwd, home);
    const stats = await stat(file).catch(() => undefined);
    if (stats !== undefined) return { path, file, stats };
  }
  return undefined;
}

async function readOne(
  { path, file, stats }: FoundPath,
  { cwd, acceptsImages }: AttachmentOptions,
): Promise<Block | string> {
  const target = await realpath(file);
  // A link in a folder of others may show to the model what the user did not mean.
  if (isInside(cwd, file) && !isInside(await realpath(cwd), target))
    return `${path} was not attached, because it is a link out of this folder. To attach its target, type @${target}`;
  if (stats.isDirectory()) return { type: "text", text: await folderText(path, file) };
  if (!stats.isFile()) return `${path} was not attached, because it is not a file.`;
  return readFileBlock({ path, file, size: stats.size, acceptsImages });
}

/**
 * Reads a file that the user names outside of a prompt.
 *
 * @throws AxioError `invalid-argument` if it cannot be attached.
 */
export async function readAttachment(path: string, cwd: string): Promise<Block> {
  const file = resolve(cwd, path);
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true)
    throw new AxioError(
      "invalid-argument",
      stats === undefined
        ? `There is no file ${path}.`
        : `${path} cannot be attached, because it is not a file.`,
    );
  // Whether the model accepts it is the provider's to say: the model may be unknown here.
  const block = await readFileBlock({ path, file, size: stats.size, acceptsImages: true });
  if (typeof block === "string") throw new AxioError("invalid-argument", block);
  return block;
}

async function folderText(path: string, folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  const rest = names.length - MAX_LISTED;
  const rows = [...names.slice(0, MAX_LISTED), ...(rest > 0 ? [`… ${rest} more`] : [])];
  return `<folder path=${JSON.stringify(path)}>\n${rows.join("\n")}\n</folder>`;
}

async function readFileBlock({
  path,
  file,
  size,
  acceptsImages,
}: {
  readonly path: string;
  readonly file: string;
  readonly size: number;
  readonly acceptsImages: boolean;
}): Promise<Block | string> {
  if (size > LARGEST_FILE_BYTES) return `${path} has ${formatBytes(size)}; the limit is 20 MB.`;
  const read = await readRegularFile(file, LARGEST_FILE_BYTES);
  if (read.status !== "read")
    return `${path} was not attached, because ${read.status === "missing" ? "it is gone" : read.problem}.`;
  const { bytes } = read;
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
