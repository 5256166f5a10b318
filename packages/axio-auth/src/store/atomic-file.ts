import { randomBytes } from "node:crypto";
import { renameSync } from "node:fs";
import { open, readdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errnoOf } from "./store-errors.ts";

/** Virus scanners and indexers on Windows hold a fresh file open for a moment, and it cannot be renamed meanwhile. */
const BUSY = new Set(["EPERM", "EACCES", "EBUSY"]);
const BUSY_RETRIES = 10;
const BUSY_WAIT_MS = 50;

/** Writes a text to a new file beside `path`, down to the disk, readable by its owner only. Returns the new file's path. */
export async function stageFile(path: string, text: string): Promise<string> {
  const staged = join(dirname(path), `${stagedPrefix(path)}${randomBytes(8).toString("hex")}.tmp`);
  const file = await open(staged, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await unlink(staged).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
  return staged;
}

/**
 * Puts a staged file in the place of `path`, in one step, if `mayCommit` says so immediately before.
 *
 * @returns Whether it was done. Not done also means that another process has removed the staged file, see
 *   {@link removeStaged}.
 */
export async function commitFile(staged: string, path: string, mayCommit: () => boolean): Promise<boolean> {
  try {
    for (let retries = 0; ; retries += 1) {
      // Nothing may come between the question and the rename, so both are synchronous.
      if (!mayCommit()) return false;
      try {
        renameSync(staged, path);
        break;
      } catch (error) {
        const code = errnoOf(error) ?? "";
        if (code === "ENOENT") return false;
        if (process.platform !== "win32" || !BUSY.has(code) || retries === BUSY_RETRIES) throw error;
      }
      await sleep(BUSY_WAIT_MS);
    }
  } finally {
    await unlink(staged).catch(() => {});
  }
  await syncFolder(dirname(path));
  return true;
}

/**
 * Removes what earlier writers of `path` have staged and not committed.
 *
 * To be called under the lock, before reading: it clears away after a crash, and it takes the file out of the hands of
 * a former holder that was stopped just before its rename.
 */
export async function removeStaged(path: string): Promise<void> {
  const prefix = stagedPrefix(path);
  const names = await readdir(dirname(path));
  const staged = names.filter((name) => name.startsWith(prefix) && name.endsWith(".tmp"));
  await Promise.all(
    staged.map((name) =>
      unlink(join(dirname(path), name)).catch((error: unknown) => {
        if (errnoOf(error) !== "ENOENT") throw error;
      }),
    ),
  );
}

function stagedPrefix(path: string): string {
  return `.${basename(path)}.`;
}

/** Makes a rename last through a power cut. Not every system can do it. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows and some network disks refuse it; the rename itself has happened.
  }
}
