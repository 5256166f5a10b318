import { constants } from "node:fs";
import { type FileHandle, lstat, open, opendir, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { errorCode } from "axio/internal";
import { openVerified } from "./open-handle.ts";

/** The content of a file, or why it was not read. */
export type ContainedFile =
  | {
      readonly status: "read";
      /** The absolute path without links. */
      readonly path: string;
      readonly bytes: Buffer;
    }
  | { readonly status: "missing" }
  | {
      readonly status: "refused";
      /** The problem, as the end of a sentence: `"it is not a regular file"`. */
      readonly problem: string;
    };

/**
 * Reads a file of a directory that someone else may have written: a regular file that is inside the directory after its links
 * are resolved, and not larger than a limit. Never blocks, for example at a named pipe. Never throws.
 *
 * @param name The path relative to the directory.
 * @param maxBytes The largest size.
 */
export async function readContainedFile(
  directory: string,
  name: string,
  maxBytes: number,
): Promise<ContainedFile> {
  try {
    const root = await realpath(directory);
    const path = await realpath(join(root, name));
    if (!isInside(root, path)) return refused("it is a link that leads out of the folder");
    return await readHandle(await openVerified({ path, name }, "file"), path, maxBytes);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") return refused(problemOf(error));
    const isLink = await lstat(join(directory, name)).then(
      (stats) => stats.isSymbolicLink(),
      () => false,
    );
    return isLink ? refused("it is a link to nothing") : { status: "missing" };
  }
}

/** The names in a directory, or why they were not read. */
export type ContainedDirectory =
  | {
      readonly status: "read";
      /** Sorted. */
      readonly names: readonly string[];
    }
  | Exclude<ContainedFile, { readonly status: "read" }>;

/**
 * Lists a directory of a directory that someone else may have written, if it is inside after its links are resolved. Never
 * throws.
 *
 * @param maxEntries List at most this many names.
 */
export async function listContainedDirectory(
  directory: string,
  name: string,
  maxEntries: number,
): Promise<ContainedDirectory> {
  try {
    const root = await realpath(directory);
    const path = await realpath(join(root, name));
    if (!isInside(root, path)) return refused("it is a link that leads out of the folder");
    const names: string[] = [];
    for await (const entry of await opendir(path)) {
      if (names.length === maxEntries) break;
      names.push(entry.name);
    }
    return { status: "read", names: names.sort() };
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? { status: "missing" } : refused(problemOf(error));
  }
}

/** Like {@link readContainedFile}, for a file that the user named: links may lead anywhere. */
export async function readRegularFile(path: string, maxBytes: number): Promise<ContainedFile> {
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!(await handle.stat()).isFile()) {
      await handle.close();
      return refused("it is not a regular file");
    }
    return await readHandle(handle, path, maxBytes);
  } catch (error) {
    return errorCode(error) === "ENOENT" ? { status: "missing" } : refused(problemOf(error));
  }
}

/** Tells whether a path is a directory or inside it. Both are absolute, without links. */
export function isInside(directory: string, path: string): boolean {
  const fromHere = relative(directory, path);
  return fromHere !== ".." && !fromHere.startsWith(`..${sep}`) && !isAbsolute(fromHere);
}

async function readHandle(handle: FileHandle, path: string, maxBytes: number): Promise<ContainedFile> {
  try {
    // The size that the system reports can be wrong, or change.
    const buffer = Buffer.alloc(Math.min((await handle.stat()).size, maxBytes) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0) return { status: "read", path, bytes: buffer.subarray(0, length) };
      if (length === buffer.length) return refused(`it has more than ${maxBytes} bytes`);
    }
  } finally {
    await handle.close();
  }
}

function refused(problem: string): { readonly status: "refused"; readonly problem: string } {
  return { status: "refused", problem };
}

function problemOf(error: unknown): string {
  const code = errorCode(error);
  if (code === "invalid-argument" || code === "ENXIO") return "it is not a regular file";
  if (code === "ELOOP") return "it is a link to itself";
  return `it cannot be read (${code ?? "unknown error"})`;
}
