import { randomBytes } from "node:crypto";
import { renameSync } from "node:fs";
import { mkdir, open, readdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "axio/internal";

/** On Windows, virus scanners and indexers briefly open new files, which then cannot be renamed. */
const BUSY = new Set(["EPERM", "EACCES", "EBUSY"]);
const BUSY_RETRIES = 10;
const BUSY_WAIT_MS = 50;

/**
 * Writes a text to a new file next to `path`, synced to disk and readable by its owner only.
 *
 * @returns The path of the new file.
 */
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
 * Atomically replaces `path` with a staged file, if `mayCommit` returns `true` directly before.
 *
 * @returns Whether it was replaced. It is not if another process has removed the staged file, see {@link removeStaged}.
 */
export async function commitFile(staged: string, path: string, mayCommit: () => boolean): Promise<boolean> {
  try {
    for (let retries = 0; ; retries += 1) {
      // Both calls are synchronous, so that nothing can happen between them in this process.
      if (!mayCommit()) return false;
      try {
        renameSync(staged, path);
        break;
      } catch (error) {
        const code = errorCode(error) ?? "";
        if (code === "ENOENT") return false;
        if (process.platform !== "win32" || !BUSY.has(code) || retries === BUSY_RETRIES) throw error;
      }
      await sleep(BUSY_WAIT_MS);
    }
  } finally {
    await unlink(staged).catch(() => {});
  }
  await syncDirectory(dirname(path));
  return true;
}

/** Atomically replaces a file, readable by its owner only. Creates its directory. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await commitFile(await stageFile(path, text), path, () => true);
}

/**
 * Removes files that earlier writers of `path` have staged and not committed. Call it under the lock, before reading: it
 * cleans up after a crash, and prevents the rename of a former holder that was suspended directly before it.
 */
export async function removeStaged(path: string): Promise<void> {
  const prefix = stagedPrefix(path);
  const names = await readdir(dirname(path));
  const staged = names.filter((name) => name.startsWith(prefix) && name.endsWith(".tmp"));
  await Promise.all(
    staged.map((name) =>
      unlink(join(dirname(path), name)).catch((error: unknown) => {
        if (errorCode(error) !== "ENOENT") throw error;
      }),
    ),
  );
}

function stagedPrefix(path: string): string {
  return `.${basename(path)}.`;
}

/** Makes a rename durable, on systems that support it. */
async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Not supported on Windows and some network disks. The rename itself is done.
  }
}
