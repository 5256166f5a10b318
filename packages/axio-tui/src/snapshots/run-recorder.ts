import { homedir } from "node:os";
import { isAbsolute, join, parse, relative, sep } from "node:path";
import type { Guard } from "axio";
import { isJsonObject } from "axio";
import { isInside } from "axio-tools-local/contained-file";
import { BlobStore } from "./blob-store.ts";
import { compareFiles, type FileChange, type FileVersion } from "./file-version.ts";
import { IndexFiles } from "./index-file.ts";
import { readVersion } from "./read-version.ts";
import { type FolderIndex, type ScanWork, scanFolder } from "./scan-folder.ts";

/** How long contents are kept at least after their last use. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** Options of {@link Snapshots}. */
export interface SnapshotsOptions {
  /** The directory of the snapshot store. */
  readonly storeDir: string;
  /** The folder that tools work in. */
  readonly cwd: string;
  /** Default: that of the account. */
  readonly home?: string | undefined;
  /** Called after each scan. */
  readonly onScan?: ((work: ScanWork) => void) | undefined;
}

/** Remembers the files of a folder, outside of it. */
export class Snapshots {
  readonly cwd: string;
  readonly blobs: BlobStore;
  readonly #indexes: IndexFiles;
  readonly #onScan: (work: ScanWork) => void;
  readonly #isWatched: boolean;
  #isPruned = false;

  constructor({ storeDir, cwd, home = homedir(), onScan = () => undefined }: SnapshotsOptions) {
    this.cwd = cwd;
    this.blobs = new BlobStore(join(storeDir, "contents"));
    this.#indexes = new IndexFiles(join(storeDir, "folders"));
    this.#onScan = onScan;
    // They contain everything, including the snapshots.
    this.#isWatched = cwd !== parse(cwd).root && !isInside(cwd, home) && !isInside(cwd, storeDir);
  }

  /** Begins to watch a run. Nothing is read before its first tool call. */
  record(run: string): RunRecording {
    return new RunRecording(this, run);
  }

  /** Returns the changes of a run that was not finished, because its process ended. */
  async recover(run: string): Promise<readonly FileChange[]> {
    const before = await this.#indexes.readOpen(run, this.cwd);
    if (before === undefined) return [];
    const after = await this.scan(before.files.keys());
    await this.#indexes.close(run);
    return compareFiles(versions(before), versions(after));
  }

  /**
   * Returns the state of the folder, and stores it.
   *
   * @param run The run that begins with this state.
   */
  async scan(extra: Iterable<string>, run?: string): Promise<FolderIndex> {
    const signal = new AbortController().signal;
    const previous = await this.#indexes.read(this.cwd);
    const { index, work } = this.#isWatched
      ? await scanFolder(this.cwd, previous, this.blobs, { extra, signal })
      : { index: await this.#readOnly(extra), work: { compared: 0, read: 0, stored: 0 } };
    await this.#indexes.write(this.cwd, index, run);
    this.#onScan(work);
    return index;
  }

  /** Ends a run. */
  async close(run: string): Promise<void> {
    await this.#indexes.close(run);
  }

  /** Deletes what was not used for a month, once per process. */
  async prune(): Promise<void> {
    if (this.#isPruned) return;
    this.#isPruned = true;
    const before = Date.now() - KEPT_MS;
    const used = await this.#indexes.prune(before);
    await this.blobs.prune(before, (hash) => used.has(hash));
  }

  async #readOnly(paths: Iterable<string>): Promise<FolderIndex> {
    const files = new Map();
    for (const path of paths) {
      const found = await readVersion(this.cwd, path, this.blobs);
      if (found !== null) files.set(path, found.file);
    }
    return { scannedAt: Date.now(), files, isTooLarge: true };
  }
}

/** The files of a folder before and after a run. */
export class RunRecording {
  readonly #snapshots: Snapshots;
  readonly #run: string;
  #before: Promise<FolderIndex> | undefined;
  /** Files that a tool names and that the scan does not cover, before the run. */
  readonly #named = new Map<string, FileVersion>();

  constructor(snapshots: Snapshots, run: string) {
    this.#snapshots = snapshots;
    this.#run = run;
  }

  /** Reads the files before the first tool runs. Never denies a call. */
  readonly guard: Guard = async ({ input }) => {
    try {
      const { cwd, blobs } = this.#snapshots;
      this.#before ??= this.#snapshots.scan([], this.#run);
      const { files } = await this.#before;
      const path = namedPath(input, cwd);
      if (path !== undefined && !files.has(path) && !this.#named.has(path)) {
        this.#named.set(path, null);
        this.#named.set(path, (await readVersion(cwd, path, blobs))?.file.version ?? null);
      }
    } catch {
      // Without a snapshot the run cannot be undone, which is no reason to stop it.
    }
    return { action: "allow" };
  };

  /** Returns the changes of the run. */
  async end(): Promise<readonly FileChange[]> {
    if (this.#before === undefined) return [];
    const before = new Map([...this.#named, ...versions(await this.#before)]);
    const after = versions(await this.#snapshots.scan(this.#named.keys()));
    await this.#snapshots.close(this.#run);
    return compareFiles(before, after);
  }
}

function versions({ files }: FolderIndex): ReadonlyMap<string, FileVersion> {
  return new Map([...files].map(([path, { version }]) => [path, version]));
}

/** The file that a call names, relative to the folder. */
function namedPath(input: unknown, cwd: string): string | undefined {
  const named = isJsonObject(input) ? input["path"] : undefined;
  if (typeof named !== "string" || named === "" || named.includes("\0")) return undefined;
  const path = relative(cwd, isAbsolute(named) ? named : join(cwd, named)).replaceAll(sep, "/");
  const isOwn = path !== "" && path !== ".." && !path.startsWith("../") && !isAbsolute(path);
  return isOwn && !path.split("/").includes(".git") ? path : undefined;
}
