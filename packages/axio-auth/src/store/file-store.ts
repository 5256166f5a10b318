import { lstat, readlink, realpath } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { checkOptions, errorCode, OPTION, type RulesOf, required } from "axio/internal";
import { type CredentialFormat, decodeText, FORMAT_RULE } from "./credential-format.ts";
import type { CredentialStore, StoreCallOptions, StoreChange } from "./credential-store.ts";
import { defaultCredentialsPath } from "./default-path.ts";
import { expandPath } from "./expand-path.ts";
import { acquireFileLock } from "./file-lock.ts";
import { type CredentialFile, isSameText, LockedFile, readCredentialFile } from "./locked-file.ts";
import { type LockedText, updateLocked } from "./locked-update.ts";
import { makeDirectory, restrictMode } from "./make-directory.ts";
import { storeUnavailable } from "./store-errors.ts";

/** Options of {@link FileCredentialStore}. */
export interface FileCredentialStoreOptions<C extends object> {
  /** The file: `~` is the home directory. See `defaultCredentialsPath`. */
  readonly path: string;
  readonly format: CredentialFormat<C>;
  /** How long to wait for another process that uses the file. Default: 60,000. */
  readonly lockTimeoutMs?: number | undefined;
  /** How long such a process may show no sign of life before it is ignored. Default: 10,000. */
  readonly lockStaleAfterMs?: number | undefined;
}

/** The rules of {@link FileCredentialStoreOptions}. */
const RULES: RulesOf<FileCredentialStoreOptions<object>> = {
  path: required({ ...OPTION.string, expected: "the path of the file" }),
  format: required(FORMAT_RULE),
  lockTimeoutMs: OPTION.milliseconds,
  lockStaleAfterMs: OPTION.milliseconds,
};

/**
 * Stores credentials in a file with mode 0600 (a wider mode is restricted), in a directory that is created with mode 0700.
 * The file is replaced atomically: after a crash it has the old or the new content.
 *
 * A lock in the directory `PATH.axio-lock` separates processes. A writer never overwrites a newer value, even if it lost the
 * lock because it was suspended, or if a program without the lock wrote meanwhile: its change runs again.
 *
 * A symbolic link at `path` is followed and stays. An unreadable file is never changed. A file that cannot be replaced, because
 * it is a mount point (containers), is overwritten in place. If that fails too, the new text is kept beside the file, and the
 * next process that can write the file does so.
 *
 * @example
 * ```ts
 * import { defaultCredentialsPath, FileCredentialStore, versionedFormat } from "axio-auth";
 *
 * const format = versionedFormat({ parse: ({ key }) => ({ key: String(key) }) });
 * const store = new FileCredentialStore({ path: defaultCredentialsPath("example"), format });
 * ```
 *
 * The constructor throws AxioError `invalid-argument` for options that cannot be used, such as an empty path.
 */
export class FileCredentialStore<C extends object> implements CredentialStore<C> {
  /** The absolute path of the file, before symbolic links. */
  readonly path: string;
  readonly #format: CredentialFormat<C>;
  readonly #lockTimeoutMs: number | undefined;
  readonly #lockStaleAfterMs: number | undefined;
  /** A text that could be kept beside the file only, and the one that it replaces. */
  #kept: { readonly before: string | undefined; readonly text: string } | undefined;

  constructor(options: FileCredentialStoreOptions<C>) {
    checkOptions("FileCredentialStore", options, RULES);
    this.path = expandPath(options.path);
    this.#format = options.format;
    this.#lockTimeoutMs = options.lockTimeoutMs;
    this.#lockStaleAfterMs = options.lockStaleAfterMs;
  }

  async load(): Promise<C | undefined> {
    try {
      const file = await this.#file();
      const stored = await readCredentialFile(file);
      if (stored === undefined) return undefined;
      const kept = this.#kept;
      if (kept === undefined || !isSameText(kept.before, stored.text)) return stored.credentials;
      return decodeText(kept.text, this.#format, this.path).credentials;
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

  async #file(): Promise<CredentialFile<C>> {
    return { path: await followLinks(this.path), shownPath: this.path, format: this.#format };
  }

  async #lock(signal: AbortSignal | undefined): Promise<LockedText<C>> {
    let file: CredentialFile<C>;
    try {
      file = await this.#file();
      await prepareDirectory(dirname(file.path));
    } catch (error) {
      throw storeUnavailable(error, "Creating the directory of", this.path);
    }
    const lock = await acquireFileLock(`${file.path}.axio-lock`, {
      signal,
      timeoutMs: this.#lockTimeoutMs,
      staleAfterMs: this.#lockStaleAfterMs,
    });
    return new LockedFile(file, lock, (before, text) => {
      this.#kept = { before, text };
    });
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
async function prepareDirectory(directory: string): Promise<void> {
  await makeDirectory(directory);
  if (directory === dirname(defaultCredentialsPath("any"))) await restrictMode(directory, 0o700);
}
