import { readFileSync } from "node:fs";
import { chmod, lstat, mkdir, readFile, readlink, realpath, stat, unlink } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AxioError } from "axio";
import { errorCode } from "axio/internal";
import { commitFile, removeStaged, stageFile } from "./atomic-file.ts";
import { type CredentialFormat, type DecodedText, decodeText } from "./credential-format.ts";
import type { CredentialStore, StoreCallOptions, StoreChange } from "./credential-store.ts";
import { defaultCredentialsPath } from "./default-path.ts";
import { acquireFileLock } from "./file-lock.ts";
import { type LockedText, updateLocked } from "./locked-update.ts";
import { storeUnavailable } from "./store-errors.ts";

/** Options of {@link FileCredentialStore}. */
export interface FileCredentialStoreOptions<C extends object> {
  /** The file. See `defaultCredentialsPath`. */
  readonly path: string;
  readonly format: CredentialFormat<C>;
  /** How long to wait for another process that uses the file. Default: 60,000. */
  readonly lockTimeoutMs?: number | undefined;
  /** How long such a process may show no sign of life before it is ignored. Default: 10,000. */
  readonly lockStaleAfterMs?: number | undefined;
}

/** How often a file that seems truncated is read: another program may be writing it. */
const MAX_READS = 3;
const REREAD_AFTER_MS = 50;

/**
 * Stores credentials in a file with mode 0600 (a wider mode is restricted), in a directory that is created with mode 0700.
 * The file is replaced atomically: after a crash it has the old or the new content.
 *
 * A lock in the directory `PATH.axio-lock` separates processes. A writer never overwrites a newer value, even if it lost the
 * lock because it was suspended, or if a program without the lock wrote meanwhile: its change runs again.
 *
 * A symbolic link at `path` is followed and stays. An unreadable file is never changed.
 *
 * @example
 * ```ts
 * import { defaultCredentialsPath, FileCredentialStore, versionedFormat } from "axio-auth";
 *
 * const format = versionedFormat({ parse: ({ key }) => ({ key: String(key) }) });
 * const store = new FileCredentialStore({ path: defaultCredentialsPath("example"), format });
 * ```
 */
export class FileCredentialStore<C extends object> implements CredentialStore<C> {
  /** The absolute path of the file, before symbolic links. */
  readonly path: string;
  readonly #format: CredentialFormat<C>;
  readonly #lockTimeoutMs: number | undefined;
  readonly #lockStaleAfterMs: number | undefined;

  constructor(options: FileCredentialStoreOptions<C>) {
    this.path = resolve(options.path);
    this.#format = options.format;
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

  async update(change: StoreChange<C>, { signal }: StoreCallOptions = {}): Promise<C | undefined> {
    return updateLocked({
      lock: () => this.#lock(signal),
      format: this.#format,
      location: this.path,
      change,
    });
  }

  async #lock(signal: AbortSignal | undefined): Promise<LockedText<C>> {
    let path: string;
    try {
      path = await followLinks(this.path);
      await makeDirectory(dirname(path));
    } catch (error) {
      throw storeUnavailable(error, "Creating the directory of", this.path);
    }
    const lock = await acquireFileLock(`${path}.axio-lock`, {
      signal,
      timeoutMs: this.#lockTimeoutMs,
      staleAfterMs: this.#lockStaleAfterMs,
    });
    return {
      read: () => this.#readLocked(path),
      replace: (text, before) => this.#replace(path, text, () => lock.isHeld() && readText(path) === before),
      markInFlight: () => lock.markInFlight(),
      release: () => lock.release(),
    };
  }

  async #readLocked(path: string): Promise<DecodedText<C> | undefined> {
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

  async #read(path: string): Promise<DecodedText<C> | undefined> {
    for (let reads = 1; ; reads += 1) {
      try {
        const text = await readFile(path, "utf8");
        const decoded = decodeText(text, this.#format, this.path);
        await restrictMode(path, 0o600);
        return decoded;
      } catch (error) {
        if (errorCode(error) === "ENOENT") return undefined;
        if (!AxioError.is(error, "credentials-malformed") || reads === MAX_READS) throw error;
        await sleep(REREAD_AFTER_MS);
      }
    }
  }
}

/** Returns the current text, or `undefined` if there is no file. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Resolves symbolic links, including a link to a file that does not exist yet. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  const link = await lstat(path).catch(() => undefined);
  if (link?.isSymbolicLink()) return resolve(dirname(path), await readlink(path));
  // The directory may be a link: all paths to one file must share one lock.
  const directory = await realpath(dirname(path)).catch(() => dirname(path));
  return resolve(directory, basename(path));
}

/** Creates the directory if it is missing. An existing one keeps its mode, unless it is axio's own. */
async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (directory === dirname(defaultCredentialsPath("any"))) await restrictMode(directory, 0o700);
}

async function restrictMode(path: string, mode: number): Promise<void> {
  if (process.platform === "win32") return;
  const current = (await stat(path)).mode & 0o777;
  if ((current & ~mode) === 0) return;
  try {
    await chmod(path, current & mode);
  } catch (error) {
    // A mounted secret, for example, belongs to another user and is still readable.
    if (errorCode(error) !== "EPERM" && errorCode(error) !== "EROFS") throw error;
  }
}
