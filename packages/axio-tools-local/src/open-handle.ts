import { constants } from "node:fs";
import { type FileHandle, open, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { refusal } from "./local-error.ts";

const { O_RDONLY } = constants;
// Windows has none of these.
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_DIRECTORY = constants.O_DIRECTORY ?? 0;
// So that a pipe that nobody writes to does not hold up the call.
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;

/**
 * Opens what lies at a path without symbolic links, for reading, and makes sure that it is what was opened: between
 * checking a path and opening it, another process may put a link in the place of one of its folders.
 */
export async function openExactly(
  { path, name }: { readonly path: string; readonly name: string },
  kind: "file" | "folder",
): Promise<FileHandle> {
  const flags = O_RDONLY | O_NOFOLLOW | (kind === "folder" ? O_DIRECTORY : O_NONBLOCK);
  const handle = await open(path, flags);
  try {
    if (!(await isAt(handle, path))) {
      throw refusal(`${name} was moved, or replaced by a link, while it was opened. Nothing was done.`);
    }
    const stats = await handle.stat();
    if (kind === "file" && !stats.isFile()) {
      throw refusal(`${name} ${stats.isDirectory() ? "is a folder, not a file" : "is no regular file"}.`);
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Another name for what is in an opened folder. On Linux it stays with the folder wherever the path leads by now, which
 * is as good as `openat()`; elsewhere it is the path.
 */
export async function nameInside(folder: FileHandle, path: string, name: string): Promise<string> {
  return (await kernelPath(folder)) === undefined ? join(path, name) : `/proc/self/fd/${folder.fd}/${name}`;
}

async function isAt(handle: FileHandle, path: string): Promise<boolean> {
  const opened = await kernelPath(handle);
  if (opened !== undefined) return opened === path;
  if ((await realpath(path)) !== path) return false;
  const [expected, found] = [await stat(path), await handle.stat()];
  return expected.ino === found.ino && expected.dev === found.dev;
}

/** Where the opened file lies, as Linux knows it. `undefined` elsewhere. */
async function kernelPath(handle: FileHandle): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    return await readlink(`/proc/self/fd/${handle.fd}`);
  } catch {
    // A Linux without /proc.
    return undefined;
  }
}
