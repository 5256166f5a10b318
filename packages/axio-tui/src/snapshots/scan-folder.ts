import { listProjectFiles } from "axio-tools-local/project-files";
import type { BlobStore } from "./blob-store.ts";
import { fileFingerprint, type IndexedFile, readVersion } from "./read-version.ts";

/** How many files are watched. In a larger folder only those that file tools change are. */
const MAX_FILES = 40_000;
/** How much new content one scan keeps, in bytes. */
const MAX_NEW_BYTES = 512 * 1024 * 1024;
/** How many files are read at once. */
const CONCURRENCY = 16;
/** Times of files may be this coarse, in milliseconds. */
const TIME_RESOLUTION_MS = 2_000;

/** The state of a folder. */
export interface FolderIndex {
  /** When the scan began, in Unix milliseconds. */
  readonly scannedAt: number;
  readonly files: ReadonlyMap<string, IndexedFile>;
  /** Whether the folder has more files than are watched. */
  readonly isTooLarge: boolean;
}

/** The work of a scan. */
export interface ScanWork {
  /** Files whose times were compared. */
  readonly compared: number;
  /** Files that were read. */
  readonly read: number;
  /** Contents that were stored. */
  readonly stored: number;
}

export const EMPTY_INDEX: FolderIndex = { scannedAt: 0, files: new Map(), isTooLarge: false };

/**
 * Returns the state of a folder: its files that no `.gitignore` ignores, and some more. Files that have not changed since the
 * previous scan are not read.
 */
export async function scanFolder(
  directory: string,
  previous: FolderIndex,
  blobs: BlobStore,
  { extra = [], signal }: { readonly extra?: Iterable<string>; readonly signal: AbortSignal },
): Promise<{ readonly index: FolderIndex; readonly work: ScanWork }> {
  const scannedAt = Date.now();
  const listed = await listProjectFiles(directory, { maxEntries: 2 * MAX_FILES, signal });
  const isTooLarge = listed.length > MAX_FILES;
  const paths = [...new Set([...(isTooLarge ? [] : listed), ...extra])];
  const files = new Map<string, IndexedFile>();
  const work = { compared: paths.length, read: 0, stored: 0 };
  let room = MAX_NEW_BYTES;
  const mayKeep = (size: number): boolean => {
    room -= size;
    return room >= 0;
  };
  await forEachLimited(paths, async (path) => {
    const indexed = previous.files.get(path);
    if (indexed !== undefined && (await isUnchanged(directory, path, indexed, previous.scannedAt))) {
      files.set(path, indexed);
      return;
    }
    work.read += 1;
    const found = await readVersion(directory, path, blobs, mayKeep);
    if (found === null) return;
    files.set(path, found.file);
    if (found.isNew) work.stored += 1;
  });
  return { index: { scannedAt, files, isTooLarge }, work };
}

async function isUnchanged(
  directory: string,
  path: string,
  indexed: IndexedFile,
  scannedAt: number,
): Promise<boolean> {
  const found = await fileFingerprint(directory, path);
  if (found?.fingerprint !== indexed.fingerprint) return false;
  // A file that was written while it was scanned may have changed once more with the same times.
  return Number(found.stats.mtimeMs) < scannedAt - TIME_RESOLUTION_MS;
}

async function forEachLimited<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}
