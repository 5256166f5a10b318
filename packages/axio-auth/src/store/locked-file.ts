import { readFileSync } from "node:fs";
import { readFile, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { AxioError } from "axio";
import { errorCode } from "axio/internal";
import {
  commitFile,
  fillReserved,
  overwriteInPlace,
  removeFile,
  removeStaged,
  reserveFile,
  stageFile,
} from "./atomic-file.ts";
import { type CredentialFormat, type DecodedText, decodeText, EMPTY_TEXT } from "./credential-format.ts";
import type { FileLock } from "./file-lock.ts";
import type { LockedText } from "./locked-update.ts";
import { restrictMode } from "./make-directory.ts";
import { storeUnavailable } from "./store-errors.ts";
import { keepUnsaved, listUnsaved, unsavedPath } from "./unsaved-file.ts";

/** A file with credentials. */
export interface CredentialFile<C extends object> {
  /** The path without symbolic links. */
  readonly path: string;
  /** The path that the user knows, for messages. */
  readonly shownPath: string;
  readonly format: CredentialFormat<C>;
}

/** How often a file that seems truncated is read: another program may be writing it. */
const MAX_READS = 3;
const REREAD_AFTER_MS = 50;

/** How often a text is staged. */
const MAX_ATTEMPTS = 3;

/** Codes for a file that cannot be removed, but perhaps emptied: it is a mount point. */
const NOT_REMOVABLE = new Set(["EBUSY", "EPERM", "EACCES"]);

/**
 * Reads a file. If it is truncated because a process died while it overwrote the file in place, returns the text that was to
 * be written.
 */
export async function readCredentialFile<C extends object>(
  file: CredentialFile<C>,
): Promise<DecodedText<C> | undefined> {
  for (let reads = 1; ; reads += 1) {
    try {
      const text = await readFile(file.path, "utf8");
      const decoded = decodeText(text, file.format, file.shownPath);
      await restrictMode(file.path, 0o600);
      return decoded;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      if (!AxioError.is(error, "credentials-malformed")) throw error;
      if (reads === MAX_READS) {
        const [newest] = await readUnsaved(file).catch(() => []);
        if (newest === undefined) throw error;
        return { ...newest.decoded, text: readText(file.path) ?? "" };
      }
      await sleep(REREAD_AFTER_MS);
    }
  }
}

interface UnsavedText<C extends object> {
  readonly unsaved: string;
  readonly decoded: DecodedText<C>;
}

/** Reads the unsaved texts that are complete, the newest first. */
async function readUnsaved<C extends object>({
  path,
  shownPath,
  format,
}: CredentialFile<C>): Promise<readonly UnsavedText<C>[]> {
  const texts: UnsavedText<C>[] = [];
  for (const unsaved of await listUnsaved(path)) {
    try {
      texts.push({ unsaved, decoded: decodeText(await readFile(unsaved, "utf8"), format, shownPath) });
    } catch (error) {
      if (!AxioError.is(error, "credentials-malformed") && errorCode(error) !== "ENOENT") throw error;
    }
  }
  return texts;
}

/** A file whose lock this process holds. */
export class LockedFile<C extends object> implements LockedText<C> {
  readonly #file: CredentialFile<C>;
  readonly #lock: FileLock;
  readonly #onKept: (before: string | undefined, text: string) => void;
  #reserved: string | undefined;

  /** @param onKept Called with a text that could be kept beside the file only. */
  constructor(
    file: CredentialFile<C>,
    lock: FileLock,
    onKept: (before: string | undefined, text: string) => void,
  ) {
    this.#file = file;
    this.#lock = lock;
    this.#onKept = onKept;
  }

  async read(): Promise<DecodedText<C> | undefined> {
    const { path, shownPath } = this.#file;
    try {
      if (this.#lock.isHeld()) await removeStaged(path);
      return await this.#readAndComplete();
    } catch (error) {
      throw storeUnavailable(error, "Reading", shownPath);
    }
  }

  markInFlight(): boolean {
    return this.#lock.markInFlight();
  }

  async reserve(length: number): Promise<void> {
    const { path, shownPath } = this.#file;
    if (this.#reserved !== undefined) return;
    try {
      this.#reserved = await reserveFile(path, length);
    } catch (error) {
      throw storeUnavailable(error, "Writing", shownPath);
    }
  }

  async replace(text: string | undefined, before: string | undefined, isLast = true): Promise<boolean> {
    const { path, shownPath } = this.#file;
    const isUnchanged = (): boolean => isSameText(readText(path), before);
    const mayReplace = (): boolean => this.#lock.isHeld() && isUnchanged();
    try {
      if (text !== undefined) return await this.#write(text, before, { mayReplace, isUnchanged, isLast });
      if (!mayReplace()) return false;
      await this.#remove();
      return true;
    } catch (error) {
      throw storeUnavailable(error, "Writing", shownPath);
    }
  }

  async release(): Promise<void> {
    if (this.#reserved !== undefined) await unlink(this.#reserved).catch(() => {});
    // Without a file, the lock has nothing to protect.
    if (this.#lock.isHeld() && !fileExists(this.#file.path)) await this.#lock.remove();
    else await this.#lock.release();
  }

  async #readAndComplete(): Promise<DecodedText<C> | undefined> {
    const { path } = this.#file;
    const leftovers = await listUnsaved(path);
    if (leftovers.length === 0) return readCredentialFile(this.#file);
    const before = readText(path);
    const texts = await readUnsaved(this.#file);
    const isWhole = before === undefined || this.#isReadable(before);
    const own = unsavedPath(path, before);
    // A file that is truncated was being overwritten.
    const candidate = texts.find(({ unsaved }) => unsaved === own) ?? (isWhole ? undefined : texts[0]);
    if (candidate === undefined) {
      if (isWhole) await Promise.all(leftovers.map((file) => removeFile(file).catch(() => {})));
      return readCredentialFile(this.#file);
    }
    const { unsaved, decoded } = candidate;
    const mayReplace = (): boolean => this.#lock.isHeld() && isSameText(readText(path), before);
    const mayOverwrite = (): boolean => this.#lock.markInFlight() && isSameText(readText(path), before);
    const isDone = await commitFile(unsaved, path, { mayReplace, mayOverwrite }, unsaved).catch(() => false);
    return isDone ? readCredentialFile(this.#file) : { ...decoded, text: before ?? "" };
  }

  #isReadable(text: string): boolean {
    try {
      decodeText(text, this.#file.format, this.#file.shownPath);
      return true;
    } catch (error) {
      return !AxioError.is(error, "credentials-malformed");
    }
  }

  async #write(
    text: string,
    before: string | undefined,
    {
      mayReplace,
      isUnchanged,
      isLast,
    }: {
      readonly mayReplace: () => boolean;
      readonly isUnchanged: () => boolean;
      readonly isLast: boolean;
    },
  ): Promise<boolean> {
    const { path } = this.#file;
    const mayOverwrite = (): boolean => this.#lock.markInFlight() && isUnchanged();
    const conditions = { mayReplace, mayOverwrite };
    for (let attempt = 1; ; attempt += 1) {
      const staged = await this.#stage(text, isLast);
      try {
        const isDone = await commitFile(staged, path, conditions, unsavedPath(path, before));
        // A former holder that was suspended while it cleaned up may have removed the staged file.
        if (isDone || attempt === MAX_ATTEMPTS || !mayReplace()) return isDone;
      } catch (error) {
        if (isLast && mayReplace() && keepUnsaved(staged, path, before)) {
          this.#onKept(before, text);
          return true;
        }
        await unlink(staged).catch(() => {});
        throw error;
      }
    }
  }

  async #stage(text: string, isLast: boolean): Promise<string> {
    const reserved = this.#reserved;
    if (reserved === undefined || !isLast) return stageFile(this.#file.path, text);
    this.#reserved = undefined;
    try {
      fillReserved(reserved, text);
      return reserved;
    } catch (error) {
      // Removed like a staged file.
      if (errorCode(error) !== "ENOENT") throw error;
      return stageFile(this.#file.path, text);
    }
  }

  async #remove(): Promise<void> {
    const { path } = this.#file;
    try {
      await unlink(path);
    } catch (error) {
      if (!NOT_REMOVABLE.has(errorCode(error) ?? "")) throw error;
      overwriteInPlace(path, EMPTY_TEXT);
    }
    for (const unsaved of await listUnsaved(path)) await removeFile(unsaved);
  }
}

/** Whether two texts are equal, except for the space that was appended to make room. */
export function isSameText(left: string | undefined, right: string | undefined): boolean {
  return left?.trimEnd() === right?.trimEnd();
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

function fileExists(path: string): boolean {
  try {
    return readText(path) !== undefined;
  } catch {
    return true;
  }
}
