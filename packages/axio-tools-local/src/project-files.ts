import { walk } from "./walk.ts";
import { WorkingDirectory } from "./working-directory.ts";

/** Directories that contain generated or installed files, whether or not they are ignored. */
const OMITTED: ReadonlySet<string> = new Set([
  "node_modules",
  ".venv",
  "__pycache__",
  "target",
  "dist",
  ".cache",
]);

/**
 * Lists the files of a project, relative to its directory: those that its `.gitignore` files do not ignore. Reads directories
 * only, and runs no program: Git would run what the project's configuration names.
 *
 * @param maxEntries Stop after this many files and directories.
 */
export async function listProjectFiles(
  directory: string,
  { maxEntries, signal }: { readonly maxEntries: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const root = new WorkingDirectory(directory);
  const found = await walk(root, await root.locate("."), {
    includeIgnored: false,
    omit: OMITTED,
    maxEntries,
    signal,
  });
  return found.entries.filter(({ kind }) => kind === "file").map(({ location }) => location.name);
}
