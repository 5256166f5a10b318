import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const MAX_FILES = 20_000;
const SKIPPED = new Set([".git", "node_modules", ".venv", "__pycache__", "target", "dist", ".cache"]);

/** Lists the files of a project, relative to its directory: those that Git does not ignore, or all without Git. */
export async function projectFiles(directory: string): Promise<readonly string[]> {
  try {
    const { stdout } = await promisify(execFile)(
      "git",
      ["ls-files", "--cached", "--others", "--exclude-standard", "-z"],
      { cwd: directory, maxBuffer: 16 * 1024 * 1024, timeout: 5_000 },
    );
    const files = stdout.split("\0").filter((path) => path !== "");
    if (files.length > 0) return files.slice(0, MAX_FILES);
  } catch {
    // No repository, or no Git.
  }
  return walk(directory);
}

async function walk(directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  const pending = [""];
  for (let at = pending.shift(); at !== undefined && files.length < MAX_FILES; at = pending.shift()) {
    const entries = await readdir(join(directory, at), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) pending.push(path);
      else if (entry.isFile()) files.push(path);
    }
  }
  return files.slice(0, MAX_FILES);
}

/** Returns the paths that contain the letters of a query in their order, the best match first. */
export function rankFiles(paths: readonly string[], query: string, limit: number): readonly string[] {
  const letters = query.toLowerCase();
  if (letters === "") return paths.slice(0, limit);
  return paths
    .flatMap((path) => {
      const score = scorePath(path.toLowerCase(), letters);
      return score === undefined ? [] : [{ path, score }];
    })
    .sort((left, right) => right.score - left.score || left.path.length - right.path.length)
    .slice(0, limit)
    .map(({ path }) => path);
}

function scorePath(path: string, letters: string): number | undefined {
  const name = path.slice(path.lastIndexOf("/", path.length - 2) + 1);
  if (name.startsWith(letters)) return 4;
  if (path.startsWith(letters)) return 3;
  if (name.includes(letters)) return 2;
  if (path.includes(letters)) return 1;
  let at = -1;
  for (const letter of letters) {
    at = path.indexOf(letter, at + 1);
    if (at < 0) return undefined;
  }
  return 0;
}
