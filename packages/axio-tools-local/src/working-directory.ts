import { realpathSync, statSync } from "node:fs";
import { type FileHandle, lstat, mkdir, readdir, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { AxioError } from "axio";
import { errorCode } from "axio/internal";
import { isInside } from "./contained-file.ts";
import type { CredentialTest } from "./credential-files.ts";
import { openVerified, pathInside } from "./open-handle.ts";
import { toolError, toToolError } from "./tool-error.ts";

/** A path in the directory. Nothing has to exist there. */
export interface Location {
  /** The absolute path without symbolic links. */
  readonly path: string;
  /** The path relative to the directory, with `/`. `.` is the directory itself. */
  readonly name: string;
  /** The segments of `name`; empty for the directory itself. */
  readonly parts: readonly string[];
}

/** An entry of a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "other";
}

/** The directory that the tools may access. No path leaves it: not with `..`, and not through a link, even one created later. */
export class WorkingDirectory {
  /** The absolute path without symbolic links. */
  readonly path: string;
  readonly #isCredentialFile: CredentialTest;

  /**
   * @param isCredentialFile The files that are neither read nor written. Default: none.
   * @throws AxioError `invalid-argument` if the directory does not exist.
   */
  constructor(path: string, isCredentialFile: CredentialTest = () => false) {
    this.#isCredentialFile = isCredentialFile;
    try {
      this.path = realpathSync.native(path);
      if (!statSync(this.path).isDirectory()) throw new Error("It is not a directory.");
    } catch (cause) {
      throw new AxioError(
        "invalid-argument",
        `${JSON.stringify(path)} is not a directory. Use the path of an existing directory.`,
        { cause },
      );
    }
  }

  /**
   * Resolves a relative or absolute path, including its symbolic links.
   *
   * @throws AxioError `invalid-argument` if it is outside of the directory.
   */
  async locate(path: string): Promise<Location> {
    if (path.includes("\0")) throw toolError("A path must not contain a NUL character.");
    if (path === "~" || path.startsWith("~/")) throw this.#outside(path);
    const missing: string[] = [];
    let existing = resolve(this.path, path);
    for (;;) {
      const real = await this.#realPath(existing, path);
      if (real !== undefined) return this.#location(join(real, ...missing), path);
      missing.unshift(basename(existing));
      existing = dirname(existing);
    }
  }

  /**
   * Opens a regular file for reading.
   *
   * @throws AxioError `invalid-argument` if it is another kind of file, or can hold credentials.
   */
  async openFile(location: Location): Promise<FileHandle> {
    this.#refuseCredentials(location);
    try {
      return await openVerified(location, "file");
    } catch (error) {
      throw toToolError(error, location.name);
    }
  }

  /** Lists a directory, sorted by name. */
  async list(location: Location): Promise<readonly DirectoryEntry[]> {
    try {
      const handle = await openVerified(location, "directory");
      try {
        const entries = await readdir(await pathInside(handle, location.path, "."), { withFileTypes: true });
        return entries
          .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
      } finally {
        await handle.close();
      }
    } catch (error) {
      // A file was opened as a directory.
      if (errorCode(error) === "ENOTDIR") throw toolError(`${location.name} is not a directory.`, error);
      throw toToolError(error, location.name);
    }
  }

  /** Opens the parent directory of a location. Creates missing directories. */
  async openParent(location: Location): Promise<FileHandle> {
    this.#refuseCredentials(location);
    let path = this.path;
    let handle = await openVerified({ path, name: "The directory" }, "directory");
    for (const part of location.parts.slice(0, -1)) {
      const outer = handle;
      try {
        const inside = await pathInside(outer, path, part);
        await mkdir(inside).catch((error: unknown) => {
          if (errorCode(error) !== "EEXIST") throw error;
        });
        path = join(path, part);
        handle = await openVerified({ path, name: part }, "directory");
      } finally {
        await outer.close();
      }
    }
    return handle;
  }

  #refuseCredentials(location: Location): void {
    if (!this.#isCredentialFile(location.path)) return;
    throw toolError(
      `${location.name} can hold credentials, so it is neither read nor written. Continue without it. If it is needed, the user can allow it: add ${JSON.stringify(`!${location.parts.at(-1)}`)} to "credentialFiles" in the settings of the local tools.`,
    );
  }

  async #realPath(path: string, requested: string): Promise<string | undefined> {
    try {
      return await realpath(path);
    } catch (error) {
      const code = errorCode(error);
      if (code !== "ENOENT" && code !== "ENOTDIR") {
        throw this.#contains(path) ? toToolError(error, requested) : this.#outside(requested);
      }
    }
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    // Created since the call of `realpath`.
    if (!found.isSymbolicLink()) return this.#realPath(path, requested);
    // Writing to a dangling link would create its target, which may be outside.
    throw this.#contains(path)
      ? toolError(`${requested} is a symbolic link whose target does not exist.`)
      : this.#outside(requested);
  }

  #location(path: string, requested: string): Location {
    if (!this.#contains(path)) throw this.#outside(requested);
    const parts = relative(this.path, path)
      .split(sep)
      .filter((part) => part !== "");
    return { path, name: parts.join("/") || ".", parts };
  }

  #contains(path: string): boolean {
    return isInside(this.path, path);
  }

  #outside(path: string): AxioError {
    return toolError(
      `${path} is outside of ${this.path}. Only files in this directory can be accessed; use a path relative to it.`,
    );
  }
}

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): DirectoryEntry["kind"] {
  if (entry.isSymbolicLink()) return "link";
  if (entry.isDirectory()) return "directory";
  return entry.isFile() ? "file" : "other";
}
