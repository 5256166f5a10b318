import { realpathSync, statSync } from "node:fs";
import { type FileHandle, lstat, mkdir, readdir, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { AxioError } from "axio";
import { errorCode, refusal, toRefusal } from "./local-error.ts";
import { nameInside, openExactly } from "./open-handle.ts";

/** Something in the folder, or a place for something new. */
export interface Place {
  /** The path without symbolic links. */
  readonly path: string;
  /** The same from the folder on, with `/`; `.` is the folder itself. */
  readonly name: string;
  /** The parts of `name`; none for the folder itself. */
  readonly parts: readonly string[];
}

/** What a folder holds: one entry. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

/** The folder that the tools may reach. No path leads out of it: not by `..`, not by a link, not by one put there later. */
export class Folder {
  /** The path without symbolic links. */
  readonly path: string;

  /** @throws AxioError `invalid-argument` where there is no such folder. */
  constructor(path: string) {
    try {
      this.path = realpathSync.native(path);
      if (!statSync(this.path).isDirectory()) throw new Error("It is no folder.");
    } catch (cause) {
      throw new AxioError(
        "invalid-argument",
        `${JSON.stringify(path)} is no folder that tools can work in. Name a folder that exists.`,
        { cause },
      );
    }
  }

  /**
   * Finds a place by a path from the folder on, or an absolute one. What it names need not exist.
   *
   * @throws AxioError `invalid-argument` where it lies outside.
   */
  async locate(path: string): Promise<Place> {
    if (path.includes("\0")) throw refusal("A path cannot hold a NUL character.");
    if (path === "~" || path.startsWith("~/")) throw this.#outside(path);
    const missing: string[] = [];
    let existing = resolve(this.path, path);
    for (;;) {
      const real = await this.#realPath(existing, path);
      if (real !== undefined) return this.#place(join(real, ...missing), path);
      missing.unshift(basename(existing));
      existing = dirname(existing);
    }
  }

  /** Opens a regular file for reading. */
  async openFile(place: Place): Promise<FileHandle> {
    try {
      return await openExactly(place, "file");
    } catch (error) {
      throw toRefusal(error, place.name);
    }
  }

  /** What a folder holds, sorted by name. */
  async list(place: Place): Promise<readonly FolderEntry[]> {
    try {
      const handle = await openExactly(place, "folder");
      try {
        const entries = await readdir(await nameInside(handle, place.path, "."), { withFileTypes: true });
        return entries
          .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
      } finally {
        await handle.close();
      }
    } catch (error) {
      // A file's path opened as a folder.
      if (errorCode(error) === "ENOTDIR") throw refusal(`${place.name} is no folder.`, error);
      throw toRefusal(error, place.name);
    }
  }

  /** Opens the folder that a place is in, and makes it where it is missing. */
  async openParent(place: Place): Promise<FileHandle> {
    const [, ...parents] = [...place.parts].reverse();
    let path = this.path;
    let handle = await openExactly({ path, name: "The folder" }, "folder");
    for (const part of parents.reverse()) {
      const outer = handle;
      try {
        const inside = await nameInside(outer, path, part);
        await mkdir(inside).catch((error: unknown) => {
          if (errorCode(error) !== "EEXIST") throw error;
        });
        path = join(path, part);
        handle = await openExactly({ path, name: part }, "folder");
      } finally {
        await outer.close();
      }
    }
    return handle;
  }

  async #realPath(path: string, asked: string): Promise<string | undefined> {
    try {
      return await realpath(path);
    } catch (error) {
      const code = errorCode(error);
      if (code !== "ENOENT" && code !== "ENOTDIR") {
        throw this.#holds(path) ? toRefusal(error, asked) : this.#outside(asked);
      }
    }
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    // Somebody has just made it.
    if (!found.isSymbolicLink()) return this.#realPath(path, asked);
    // Writing to it would make its target, wherever that is.
    throw this.#holds(path)
      ? refusal(`${asked} leads through a symbolic link to a place that does not exist.`)
      : this.#outside(asked);
  }

  #place(path: string, asked: string): Place {
    if (!this.#holds(path)) throw this.#outside(asked);
    const parts = relative(this.path, path)
      .split(sep)
      .filter((part) => part !== "");
    return { path, name: parts.join("/") || ".", parts };
  }

  #holds(path: string): boolean {
    const way = relative(this.path, path);
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  }

  #outside(path: string): AxioError {
    return refusal(
      `${path} lies outside of ${this.path}. Only what is in this folder can be reached; name it by its path from there.`,
    );
  }
}

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): FolderEntry["kind"] {
  if (entry.isSymbolicLink()) return "link";
  if (entry.isDirectory()) return "folder";
  return entry.isFile() ? "file" : "other";
}
