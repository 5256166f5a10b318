import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Folder, Place } from "./folder.ts";
import { errorCode, refusal, toRefusal } from "./local-error.ts";
import { nameInside } from "./open-handle.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Puts a file in the place of what is there, whole or not at all: it is written beside it and then renamed, so that a crash
 * leaves the old one. Keeps the rights. A name for the same file elsewhere (a hard link) keeps the old content, so that
 * nothing outside of the folder changes.
 */
export async function replaceFile(folder: Folder, place: Place, content: Uint8Array): Promise<void> {
  const name = place.parts.at(-1);
  if (name === undefined) throw refusal("The folder itself is no file.");
  try {
    const parent = await folder.openParent(place);
    try {
      const inside = (entry: string): Promise<string> => nameInside(parent, dirname(place.path), entry);
      const target = await inside(name);
      const mode = await modeOf(target, place);
      const draft = await inside(`.axio-${randomBytes(6).toString("hex")}.tmp`);
      try {
        await writeNew(draft, content, mode);
        await rename(draft, target);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    } finally {
      await parent.close();
    }
  } catch (error) {
    throw toRefusal(error, place.name);
  }
}

async function writeNew(path: string, content: Uint8Array, mode: number | undefined): Promise<void> {
  const handle = await open(path, NEW_FILE, mode ?? 0o666);
  try {
    // What the mask of the process took away.
    if (mode !== undefined) await handle.chmod(mode);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The rights of the file that is there. `undefined` where there is none. */
async function modeOf(path: string, { name }: Place): Promise<number | undefined> {
  try {
    const stats = await lstat(path);
    if (stats.isFile()) return stats.mode & 0o777;
    if (stats.isDirectory()) throw refusal(`${name} is a folder, not a file.`);
    throw refusal(`${name} is no regular file. Nothing was done.`);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
