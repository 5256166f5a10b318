import { constants } from "node:fs";
import { access, chmod, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "axio/internal";

const MAX_ATTEMPTS = 5;

/** Creates a directory with mode 0700, and its parents, if they are missing. */
export async function makeDirectory(directory: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return;
    } catch (error) {
      const problem = await writeProblem(directory);
      // Another process has just removed it.
      if (problem === undefined && errorCode(error) === "ENOENT" && attempt < MAX_ATTEMPTS) continue;
      throw problem ?? error;
    }
  }
}

/** Returns why nothing can be created at a path: Node reports a read-only disk as `ENOENT`. */
async function writeProblem(path: string): Promise<unknown> {
  try {
    await access(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return errorCode(error) === "ENOENT" && dirname(path) !== path ? writeProblem(dirname(path)) : error;
  }
}

/** Removes permissions of a file or directory that `mode` does not have. */
export async function restrictMode(path: string, mode: number): Promise<void> {
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
