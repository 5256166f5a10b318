import { randomUUID } from "node:crypto";
import { chmod, lstat, mkdir, realpath, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { isInside } from "axio-tools-local/contained-file";
import type { BlobStore } from "./blob-store.ts";
import { type FileVersion, isSameVersion, type MergedChange } from "./file-version.ts";
import { readVersion } from "./read-version.ts";

/** A file to restore. */
export interface PlannedFile {
  readonly path: string;
  /** The version on the disk now. */
  readonly current: FileVersion;
  /** The version to restore. */
  readonly target: FileVersion;
}

/** The files of a restore. */
export interface RestorePlan {
  /** Files that are as the runs left them. */
  readonly ready: readonly PlannedFile[];
  /** Files that someone else has changed since. */
  readonly changed: readonly PlannedFile[];
  /** Files whose content was not kept, because they are too large. */
  readonly missing: readonly string[];
}

/** Plans to restore the state before some changes. Reads the files of the folder, and keeps their contents. */
export async function planRestore(
  directory: string,
  changes: readonly MergedChange[],
  blobs: BlobStore,
): Promise<RestorePlan> {
  const ready: PlannedFile[] = [];
  const changed: PlannedFile[] = [];
  const missing: string[] = [];
  for (const { path, before: target, after: expected, hasGap } of changes) {
    // Kept as well, so that a restore can be undone.
    const current = (await readVersion(directory, path, blobs))?.file.version ?? null;
    if (isSameVersion(current, target)) continue;
    const planned = { path, current, target };
    if (target !== null && !target.isKept) missing.push(path);
    else if (hasGap || !isSameVersion(current, expected)) changed.push(planned);
    else ready.push(planned);
  }
  return { ready, changed, missing };
}

/** The result of a restore. */
export interface Restored {
  readonly files: readonly PlannedFile[];
  /** Files that could not be restored, and why. */
  readonly failures: readonly string[];
}

/** Restores files: each as a whole or not at all, and only inside the folder. */
export async function restoreFiles(
  directory: string,
  files: readonly PlannedFile[],
  blobs: BlobStore,
): Promise<Restored> {
  const root = await realpath(directory);
  const restored: PlannedFile[] = [];
  const failures: string[] = [];
  for (const file of files) {
    try {
      await restoreFile(root, file, blobs);
      restored.push(file);
    } catch (error) {
      failures.push(`${file.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { files: restored, failures };
}

async function restoreFile(
  root: string,
  { path, current, target }: PlannedFile,
  blobs: BlobStore,
): Promise<void> {
  const file = join(root, path);
  await assertReal(root, dirname(file));
  if (target === null) {
    await rm(file, { force: true });
    await removeEmptyDirectories(root, dirname(file));
    return;
  }
  const content = await blobs.get(target.hash);
  if (content === undefined) throw new Error("Its earlier content is no longer stored.");
  await mkdir(dirname(file), { recursive: true });
  await assertReal(root, dirname(file));
  const existing = await lstat(file).catch(() => undefined);
  if (current === null && existing !== undefined) throw new Error("There is something else in its place.");
  const mode = (existing?.mode ?? 0o644) & 0o777;
  const temporary = join(dirname(file), `.axio-${randomUUID()}`);
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: "wx" });
    await chmod(temporary, target.isExecutable ? mode | executeBits(mode) : mode & ~0o111);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Who may read a file may execute it. */
function executeBits(mode: number): number {
  return (mode & 0o444) >> 2;
}

/** A directory that has become a link would lead out of the folder. */
async function assertReal(root: string, directory: string): Promise<void> {
  for (let path = directory; isInside(root, path) && path !== root; path = dirname(path)) {
    const stats = await lstat(path).catch(() => undefined);
    if (stats !== undefined && !stats.isDirectory())
      throw new Error(`${relative(root, path).replaceAll(sep, "/")} is not a folder any more.`);
  }
}

async function removeEmptyDirectories(root: string, directory: string): Promise<void> {
  for (let path = directory; isInside(root, path) && path !== root; path = dirname(path)) {
    try {
      await rmdir(path);
    } catch {
      // It has other files.
      return;
    }
  }
}
