import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { IndexedFile } from "./read-version.ts";
import { EMPTY_INDEX, type FolderIndex } from "./scan-folder.ts";

/** A file of the format: the folder, the time of the scan, and its files. */
interface StoredIndex {
  readonly version: 1;
  readonly folder: string;
  readonly scannedAt: number;
  readonly isTooLarge: boolean;
  readonly files: readonly (readonly [path: string, file: IndexedFile])[];
}

/** The stored states of folders, and those from before runs that are in progress. */
export class IndexFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Returns the last state of a folder. */
  read(folder: string): Promise<FolderIndex> {
    return readIndex(this.#pathOf(folder), folder).then((index) => index ?? EMPTY_INDEX);
  }

  /** Returns the state from before a run that was not finished. */
  readOpen(run: string, folder: string): Promise<FolderIndex | undefined> {
    return readIndex(this.#openPath(run), folder);
  }

  /**
   * Replaces the state of a folder.
   *
   * @param run The run that begins with this state. It is kept for it until `close()`.
   */
  async write(folder: string, { scannedAt, files, isTooLarge }: FolderIndex, run?: string): Promise<void> {
    const stored: StoredIndex = { version: 1, folder, scannedAt, isTooLarge, files: [...files] };
    const path = this.#pathOf(folder);
    const temporary = `${path}.${randomUUID()}`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(temporary, JSON.stringify(stored), { mode: 0o600, flag: "wx" });
    if (run !== undefined) {
      await mkdir(dirname(this.#openPath(run)), { recursive: true, mode: 0o700 });
      await link(temporary, this.#openPath(run));
    }
    await rename(temporary, path);
  }

  /** Forgets the state from before a run. */
  async close(run: string): Promise<void> {
    await unlink(this.#openPath(run)).catch(() => undefined);
  }

  /** Deletes states that were not used since a time. Returns the hashes of the others. */
  async prune(before: number): Promise<ReadonlySet<string>> {
    const used = new Set<string>();
    for (const directory of [this.#directory, dirname(this.#openPath("any"))]) {
      for (const name of await readdir(directory).catch(() => [])) {
        const path = join(directory, name);
        const stats = await stat(path).catch(() => undefined);
        if (stats?.isFile() !== true) continue;
        if (stats.mtimeMs < before) await unlink(path).catch(() => undefined);
        else for (const { version } of (await readIndex(path))?.files.values() ?? []) used.add(version.hash);
      }
    }
    return used;
  }

  #pathOf(folder: string): string {
    const name = createHash("sha256").update(folder).digest("hex").slice(0, 32);
    return join(this.#directory, `${name}.json`);
  }

  #openPath(run: string): string {
    return join(this.#directory, "open", `${run}.json`);
  }
}

async function readIndex(path: string, folder?: string): Promise<FolderIndex | undefined> {
  try {
    const stored: StoredIndex = JSON.parse(await readFile(path, "utf8"));
    if (stored.version !== 1 || (folder !== undefined && stored.folder !== folder)) return undefined;
    return { scannedAt: stored.scannedAt, isTooLarge: stored.isTooLarge, files: new Map(stored.files) };
  } catch {
    // Missing or damaged: the files are read again.
    return undefined;
  }
}
