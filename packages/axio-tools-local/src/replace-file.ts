import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "axio/internal";
import { pathInside } from "./open-handle.ts";
import { toolError, toToolError } from "./tool-error.ts";
import type { Location, WorkingDirectory } from "./working-directory.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Relocations a file atomically: writes a temporary file and renames it. Keeps the permissions. Another hard link to the file keeps
 * the old content, so that nothing outside of the directory changes.
 */
export async function replaceFile(
  directory: WorkingDirectory,
  location: Location,
  content: Uint8Array,
): Promise<void> {
  const name = location.parts.at(-1);
  if (name === undefined) throw toolError("The directory itself is not a file.");
  try {
    const parent = await directory.openParent(location);
    try {
      const inside = (entry: string): Promise<string> => pathInside(parent, dirname(location.path), entry);
      const target = await inside(name);
      const mode = await modeOf(target, location);
      const temporary = await inside(`.axio-${randomBytes(6).toString("hex")}.tmp`);
      try {
        await writeNew(temporary, content, mode);
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    } finally {
      await parent.close();
    }
  } catch (error) {
    throw toToolError(error, location.name);
  }
}

async function writeNew(path: string, content: Uint8Array, mode: number | undefined): Promise<void> {
  const handle = await open(path, NEW_FILE, mode ?? 0o666);
  try {
    // The umask may have removed permissions.
    if (mode !== undefined) await handle.chmod(mode);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Returns the permissions of an existing file. */
async function modeOf(path: string, { name }: Location): Promise<number | undefined> {
  try {
    const stats = await lstat(path);
    if (stats.isFile()) return stats.mode & 0o777;
    if (stats.isDirectory()) throw toolError(`${name} is a directory, not a file.`);
    throw toolError(`${name} is not a regular file. Nothing was changed.`);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
