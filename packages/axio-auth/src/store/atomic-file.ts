import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";
import { open, readdir, readFile, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "axio/internal";
import { makeDirectory } from "./make-directory.ts";

/** On Windows, virus scanners and indexers briefly open new files, which then cannot be renamed. */
const BUSY_RETRIES = process.platform === "win32" ? 10 : 0;
const BUSY_WAIT_MS = 50;

/** Codes for a file that cannot be replaced, but perhaps overwritten: it is a mount point, or its directory is protected. */
const NOT_REPLACEABLE = new Set(["EBUSY", "EXDEV", "EPERM", "EACCES"]);

/** The conditions of {@link commitFile}. Both are called directly before the file changes. */
export interface CommitConditions {
  /** Whether the file may be replaced. */
  readonly mayReplace: () => boolean;
  /**
   * Whether the file may be overwritten in place, if it cannot be replaced. From then on no other process may write it.
   * Default: like `mayReplace`.
   */
  readonly mayOverwrite?: () => boolean;
}

/**
 * Writes a text to a new file next to `path`, synced to disk and readable by its owner only.
 *
 * @returns The path of the new file.
 */
export async function stageFile(path: string, text: string): Promise<string> {
  const staged = join(dirname(path), `${hiddenPrefix(path)}${randomBytes(8).toString("hex")}.tmp`);
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

/** Proves that a text of this length can be staged, and keeps its space: see {@link fillReserved}. */
export async function reserveFile(path: string, length: number): Promise<string> {
  // Random, so that no disk can compress it.
  const reserved = await stageFile(path, randomBytes(Math.ceil(length / 2)).toString("hex"));
  try {
    if (await isMountPoint(path)) growInPlace(path, length);
    return reserved;
  } catch (error) {
    await unlink(reserved).catch(() => {});
    throw error;
  }
}

/** Writes a text into the space that was reserved for it. */
export function fillReserved(reserved: string, text: string): void {
  overwriteInPlace(reserved, text);
}

/**
 * Atomically replaces `path` with a staged file. If the file is a mount point, overwrites it in place; then a copy of the text
 * stays at `spare` until that is done.
 *
 * @returns Whether it was replaced. It is not if a condition fails, or if another process has removed the staged file, see
 *   {@link removeStaged}. The staged file is gone then. If this throws, it remains.
 */
export async function commitFile(
  staged: string,
  path: string,
  { mayReplace, mayOverwrite = mayReplace }: CommitConditions,
  spare: string = staged,
): Promise<boolean> {
  for (let retries = 0; ; retries += 1) {
    // Both calls are synchronous, so that nothing can happen between them in this process.
    if (!mayReplace()) {
      await unlink(staged).catch(() => {});
      return false;
    }
    try {
      renameSync(staged, path);
      break;
    } catch (error) {
      const code = errorCode(error) ?? "";
      if (code === "ENOENT") return false;
      if (!NOT_REPLACEABLE.has(code)) throw error;
      if (retries === BUSY_RETRIES) return overwriteFile(staged, path, mayOverwrite, spare);
    }
    await sleep(BUSY_WAIT_MS);
  }
  await syncDirectory(dirname(path));
  return true;
}

async function overwriteFile(
  staged: string,
  path: string,
  mayOverwrite: () => boolean,
  spare: string,
): Promise<boolean> {
  const text = await readFile(staged, "utf8");
  const mayWrite = mayOverwrite();
  if (mayWrite) {
    renameSync(staged, spare);
    try {
      overwriteInPlace(path, text);
    } catch (error) {
      renameSync(spare, staged);
      throw error;
    }
  }
  await unlink(mayWrite ? spare : staged).catch(() => {});
  return mayWrite;
}

/**
 * Overwrites a file that exists, after making room for the text. The text is padded, so that no reader sees the end of the old
 * text after the new one.
 */
export function overwriteInPlace(path: string, text: string): void {
  const bytes = Buffer.from(text);
  growInPlace(path, bytes.length);
  const file = openSync(path, "r+");
  try {
    const padding = Buffer.alloc(fstatSync(file).size - bytes.length, " ");
    writeAll(file, Buffer.concat([bytes, padding]), 0);
    ftruncateSync(file, bytes.length);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Appends spaces, which JSON allows, up to a length, so that the file has room for a longer text. */
function growInPlace(path: string, length: number): void {
  const file = openSync(path, "r+");
  try {
    const { size } = fstatSync(file);
    writeAll(file, Buffer.alloc(Math.max(0, length - size), " "), size);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; )
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
}

/** Whether something is mounted at this path, so that it can be neither replaced nor removed. */
async function isMountPoint(path: string): Promise<boolean> {
  try {
    if (process.platform === "linux") {
      const mounts = await readFile("/proc/self/mountinfo", "utf8");
      const decode = (text: string): string =>
        text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
      return mounts.split("\n").some((line) => decode(line.split(" ")[4] ?? "") === path);
    }
    const [file, directory] = await Promise.all([stat(path), stat(dirname(path))]);
    return file.dev !== directory.dev;
  } catch {
    return false;
  }
}

/** Atomically replaces a file, readable by its owner only. Creates its directory. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await makeDirectory(dirname(path));
  const staged = await stageFile(path, text);
  try {
    await commitFile(staged, path, { mayReplace: () => true });
  } finally {
    await unlink(staged).catch(() => {});
  }
}

/**
 * Removes files that earlier writers of `path` have staged and not committed. Call it under the lock, before reading: it
 * cleans up after a crash, and prevents the rename of a former holder that was suspended directly before it.
 */
export async function removeStaged(path: string): Promise<void> {
  await Promise.all((await listBeside(path, ".tmp")).map(removeFile));
}

/** Lists the hidden files beside `path` that belong to it. */
export async function listBeside(path: string, suffix: string): Promise<readonly string[]> {
  const names = await readdir(dirname(path));
  const prefix = hiddenPrefix(path);
  return names
    .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
    .map((name) => join(dirname(path), name));
}

/** Removes a file, if it exists. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errorCode(error) !== "ENOENT") throw error;
  });
}

/** The beginning of the names of hidden files that belong to `path`. */
export function hiddenPrefix(path: string): string {
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
