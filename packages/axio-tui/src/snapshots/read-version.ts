import type { BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { readContainedFile } from "axio-tools-local/contained-file";
import { type BlobStore, contentHash } from "./blob-store.ts";
import type { FileVersion } from "./file-version.ts";

/** A larger file is not kept, in bytes. */
export const LARGEST_KEPT_BYTES = 4 * 1024 * 1024;
/** A larger file is not even compared by its content. */
const LARGEST_READ_BYTES = 64 * 1024 * 1024;

/** The version of a file, and how to tell that it has not changed since without reading it. */
export interface IndexedFile {
  readonly version: NonNullable<FileVersion>;
  readonly fingerprint: string;
}

/** Returns what changes when a file does: times, size, inode and mode. `undefined` if it is not a regular file. */
export async function fileFingerprint(
  directory: string,
  path: string,
): Promise<{ readonly fingerprint: string; readonly stats: BigIntStats } | undefined> {
  const stats = await lstat(join(directory, path), { bigint: true }).catch(() => undefined);
  if (stats?.isFile() !== true) return undefined;
  const { mtimeNs, ctimeNs, size, ino, mode } = stats;
  return { fingerprint: [mtimeNs, ctimeNs, size, ino, mode].join(" "), stats };
}

/**
 * Reads a file and keeps its content. Returns `null` if there is no regular file inside the folder.
 *
 * @param mayKeep Whether the content may be stored.
 */
export async function readVersion(
  directory: string,
  path: string,
  blobs: BlobStore,
  mayKeep: (size: number) => boolean = () => true,
): Promise<{ readonly file: IndexedFile; readonly isNew: boolean } | null> {
  const found = await fileFingerprint(directory, path);
  if (found === undefined) return null;
  const { fingerprint, stats } = found;
  const isExecutable = (stats.mode & 0o100n) !== 0n;
  const size = Number(stats.size);
  const unread = { version: { hash: `unread ${fingerprint}`, isKept: false, isExecutable }, fingerprint };
  if (size > LARGEST_READ_BYTES) return { file: unread, isNew: false };
  const read = await readContainedFile(directory, path, LARGEST_READ_BYTES);
  if (read.status === "missing") return null;
  if (read.status === "refused") return { file: unread, isNew: false };
  const hash = contentHash(read.bytes);
  const isKept = read.bytes.length <= LARGEST_KEPT_BYTES && mayKeep(read.bytes.length);
  const isNew = isKept && (await blobs.put(hash, read.bytes));
  return { file: { version: { hash, isKept, isExecutable }, fingerprint }, isNew };
}
