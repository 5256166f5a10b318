import { readFileSync } from "node:fs";
import { chmod, lstat, mkdir, readFile, readlink, realpath, stat, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AxioError } from "axio";
import { commitFile, removeStaged, stageFile } from "./atomic-file.ts";
import {
  type CredentialFormat,
  chosenFormat,
  type DecodedText,
  decodeText,
  type FormatChoice,
} from "./credential-format.ts";
import type { CredentialStore, StoreCallOptions, StoreTransaction } from "./credential-store.ts";
import { defaultCredentialsPath } from "./default-path.ts";
import { acquireFileLock } from "./file-lock.ts";
import { type LockedPlace, updateLocked } from "./locked-update.ts";
import { errnoOf, storeUnavailable } from "./store-errors.ts";

/** Options of {@link FileCredentialStore}. */
export type FileCredentialStoreOptions<C extends object> = FormatChoice<C> & {
  /** The file. See `defaultCredentialsPath`. */
  readonly path: string;
  /** How long to wait for another process that is at the file, in milliseconds. Default 60,000. */
  readonly lockTimeoutMs?: number | undefined;
  /** How long such a process may show no sign of life before it is passed over, in milliseconds. Default 10,000. */
  readonly lockStaleAfterMs?: number | undefined;
};

/** How often, and after how long, a file that reads as cut off is read again: its writer may not be done. */
const TORN_READS = 3;
const TORN_READ_WAIT_MS = 50;

/**
 * Keeps a credential in a file that only its owner may read: mode 0600 (a wider one is tightened), in a folder that is
 * made with mode 0700. A write replaces the file in one step, so a crash leaves the old or the new content, whole.
 *
 * A lock in the folder `PATH.axio-lock` keeps processes apart. A writer that lost the lock, since it was stopped for
 * long, or beside which a program wrote that knows no lock, never overwrites what is newer: its `change` runs again.
 *
 * A symbolic link at `path` is followed, and stays: the file that it points to is the one that is kept. A file that
 * makes no sense is never touched.
 *
 * @example
 * ```ts
 * import { defaultCredentialsPath, FileCredentialStore, parseCredentials } from "axio-auth";
 *
 * const store = new FileCredentialStore({ path: defaultCredentialsPath("codex"), parse: parseCredentials });
 * ```
 */
export class FileCredentialStore<C extends object> implements CredentialStore<C> {
  /** The file, as it was given. */
  readonly path: string;
  readonly #format: CredentialFormat<C>;
  readonly #lockTimeoutMs: number | undefined;
  readonly #lockStaleAfterMs: number | undefined;

  constructor(options: FileCredentialStoreOptions<C>) {
    this.path = resolve(options.path);
    this.#format = chosenFormat(options);
    this.#lockTimeoutMs = options.lockTimeoutMs;
    this.#lockStaleAfterMs = options.lockStaleAfterMs;
  }

  async load(): Promise<C | undefined> {
    try {
      const path = await followLinks(this.path);
      return (await this.#read(path))?.credentials;
    } catch (error) {
      throw storeUnavailable(error, "Reading", this.path);
    }
  }

  async update(
    change: (current: C | undefined, turn?: StoreTransaction<C>) => Promise<C | undefined>,
    { signal }: StoreCallOptions = {},
  ): Promise<C | undefined> {
    return updateLocked({
      lock: () => this.#lock(signal),
      format: this.#format,
      location: this.path,
      change,
    });
  }

  async #lock(signal: AbortSignal | undefined): Promise<LockedPlace<C>> {
    let path: string;
    try {
      path = await followLinks(this.path);
      await makeFolder(dirname(path));
    } catch (error) {
      throw storeUnavailable(error, "Preparing the folder of", this.path);
    }
    const lock = await acquireFileLock(`${path}.axio-lock`, {
      signal,
      timeoutMs: this.#lockTimeoutMs,
      staleAfterMs: this.#lockStaleAfterMs,
    });
    return {
      read: () => this.#readLocked(path),
      replace: (text, before) => this.#replace(path, text, () => lock.isHeld() && readText(path) === before),
      markInFlight: () => lock.pin(),
      release: () => lock.release(),
    };
  }

  async #readLocked(path: string): Promise<(DecodedText<C> & { readonly text: string }) | undefined> {
    try {
      await removeStaged(path);
      return await this.#read(path);
    } catch (error) {
      throw storeUnavailable(error, "Reading", this.path);
    }
  }

  async #replace(path: string, text: string | undefined, mayReplace: () => boolean): Promise<boolean> {
    try {
      if (text !== undefined) return await commitFile(await stageFile(path, text), path, mayReplace);
      if (!mayReplace()) return false;
      await unlink(path);
      return true;
    } catch (error) {
      throw storeUnavailable(error, "Writing", this.path);
    }
  }

  async #read(path: string): Promise<(DecodedText<C> & { readonly text: string }) | undefined> {
    for (let reads = 1; ; reads += 1) {
      try {
        const text = await readFile(path, "utf8");
        const decoded = decodeText(text, this.#format, this.path);
        await tightenMode(path, 0o600);
        return { ...decoded, text };
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return undefined;
        if (!AxioError.is(error, "credentials-malformed") || reads === TORN_READS) throw error;
        await sleep(TORN_READ_WAIT_MS);
      }
    }
  }
}

/** The present text, or `undefined` where there is no file. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Follows a symbolic link also where it points to a file that is not there yet. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  const link = await lstat(path).catch(() => undefined);
  if (link?.isSymbolicLink()) return resolve(dirname(path), await readlink(path));
  // The folder may be a link, and the file be missing: two ways to one file must share one lock.
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  return resolve(folder, path.slice(dirname(path).length + 1));
}

/** Makes the folder where it is missing. A folder that is there keeps its mode, unless it is axio's own. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (folder === dirname(defaultCredentialsPath("any"))) await tightenMode(folder, 0o700);
}

async function tightenMode(path: string, mode: number): Promise<void> {
  if (process.platform === "win32") return;
  const current = (await stat(path)).mode & 0o777;
  if ((current & ~mode) === 0) return;
  try {
    await chmod(path, current & mode);
  } catch (error) {
    // Somebody else owns it (a mounted secret): only they can tighten it, and it is readable all the same.
    if (errnoOf(error) !== "EPERM" && errnoOf(error) !== "EROFS") throw error;
  }
}
