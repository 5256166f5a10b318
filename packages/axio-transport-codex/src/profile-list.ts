import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AxioError } from "axio";
import { acquireFileLock, defaultCredentialsPath, type PathSurroundings } from "axio-auth";
import { formatProfiles, NO_PROFILES, type Profiles, parseProfiles, profileOfFile } from "./profiles.ts";
import { replaceFile } from "./replace-file.ts";

/**
 * Reads which profile is the default, and where each is kept.
 *
 * @throws AxioError `store-unavailable`.
 */
export async function readProfiles(surroundings: PathSurroundings = {}): Promise<Profiles> {
  const path = listPath(surroundings);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return NO_PROFILES;
    throw new AxioError(
      "store-unavailable",
      `The list of profiles in ${path} cannot be read (${code}). Check who owns it.`,
      { cause },
    );
  }
  return parseProfiles(text, path);
}

/**
 * Changes the list of profiles. Nothing is written where the change gives back what it got.
 *
 * @throws AxioError `store-unavailable`, `store-locked`.
 */
export async function changeProfiles(
  change: (profiles: Profiles) => Profiles,
  surroundings: PathSurroundings = {},
): Promise<void> {
  const path = listPath(surroundings);
  const lock = await acquireFileLock(`${path}.axio-lock`);
  try {
    const before = await readProfiles(surroundings);
    const text = formatProfiles(change(before));
    if (text !== formatProfiles(before)) await replaceFile(path, text);
  } catch (cause) {
    if (AxioError.is(cause)) throw cause;
    throw new AxioError(
      "store-unavailable",
      `The list of profiles in ${path} cannot be written (${codeOf(cause)}). Check who owns its folder, and whether the disk is full.`,
      { cause },
    );
  } finally {
    await lock.release();
  }
}

/** The profiles that have a file. */
export async function profilesWithFile(surroundings: PathSurroundings = {}): Promise<readonly string[]> {
  const files = await readdir(dirname(listPath(surroundings))).catch((): readonly string[] => []);
  return files.flatMap((file) => profileOfFile(file) ?? []);
}

/** Beside the sign-ins. No profile can have this name, since its file would be `codex-NAME.json`. */
function listPath(surroundings: PathSurroundings): string {
  return defaultCredentialsPath("codex.profiles", surroundings);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
