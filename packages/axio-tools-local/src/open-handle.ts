import { constants } from "node:fs";
import { type FileHandle, open, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { toolError } from "./tool-error.ts";

const { O_RDONLY } = constants;
// Undefined on Windows.
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_DIRECTORY = constants.O_DIRECTORY ?? 0;
// Opening a named pipe without a writer would block.
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;

/**
 * Opens a path without symbolic links for reading, and verifies that this path was opened: after the path was checked, another
 * process may have replaced one of its directories with a link.
 */
export async function openVerified(
  { path, name }: { readonly path: string; readonly name: string },
  kind: "file" | "directory",
): Promise<FileHandle> {
  const flags = O_RDONLY | O_NOFOLLOW | (kind === "directory" ? O_DIRECTORY : O_NONBLOCK);
  const handle = await open(path, flags);
  try {
    if (!(await isAt(handle, path))) {
      throw toolError(`${name} was moved or replaced by a link while it was opened. Nothing was changed.`);
    }
    const stats = await handle.stat();
    if (kind === "file" && !stats.isFile()) {
      throw toolError(
        `${name} is ${stats.isDirectory() ? "a directory, not a file" : "not a regular file"}.`,
      );
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Returns a path of an entry in an open directory. On Linux it refers to the open directory itself, like `openat()`; on other
 * systems it is the plain path.
 */
export async function pathInside(directory: FileHandle, path: string, name: string): Promise<string> {
  return (await kernelPath(directory)) === undefined
    ? join(path, name)
    : `/proc/self/fd/${directory.fd}/${name}`;
}

async function isAt(handle: FileHandle, path: string): Promise<boolean> {
  const opened = await kernelPath(handle);
  if (opened !== undefined) return opened === path;
  if ((await realpath(path)) !== path) return false;
  const [expected, found] = [await stat(path), await handle.stat()];
  return expected.ino === found.ino && expected.dev === found.dev;
}

/** Returns the path of an open file as Linux reports it; `undefined` on other systems and without `/proc`. */
async function kernelPath(handle: FileHandle): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    return await readlink(`/proc/self/fd/${handle.fd}`);
  } catch {
    return undefined;
  }
}
