import { createHash } from "node:crypto";
import { renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { hiddenPrefix, listBeside } from "./atomic-file.ts";

const SUFFIX = ".unsaved";

/**
 * The path for a text that should replace `before`, while or because that is not possible. It is the second place of a new
 * refresh token: the next process that takes the lock completes the replacement.
 */
export function unsavedPath(path: string, before: string | undefined): string {
  const hash = createHash("sha256")
    .update(before?.trimEnd() ?? "")
    .digest("hex");
  return join(dirname(path), `${hiddenPrefix(path)}${hash.slice(0, 32)}${SUFFIX}`);
}

/** Lists the unsaved texts beside a file, the newest first. */
export async function listUnsaved(path: string): Promise<readonly string[]> {
  const found = await listBeside(path, SUFFIX);
  if (found.length < 2) return found;
  const age = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return [...found].sort((left, right) => age(right) - age(left));
}

/** Keeps a staged text that could not replace `before`. Returns whether that was possible. */
export function keepUnsaved(staged: string, path: string, before: string | undefined): boolean {
  try {
    renameSync(staged, unsavedPath(path, before));
    return true;
  } catch {
    return false;
  }
}
