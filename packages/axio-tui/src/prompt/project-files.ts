import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const MOST_FILES = 20_000;
const LEFT_OUT = new Set([".git", "node_modules", ".venv", "__pycache__", "target", "dist", ".cache"]);

/** The files of a project, relative to its folder: those that Git knows or would, else all that are found. */
export async function projectFiles(folder: string): Promise<readonly string[]> {
  try {
    const { stdout } = await promisify(execFile)(
      "git",
      ["ls-files", "--cached", "--others", "--exclude-standard", "-z"],
      { cwd: folder, maxBuffer: 16 * 1024 * 1024, timeout: 5_000 },
    );
    const files = stdout.split("\0").filter((path) => path !== "");
    if (files.length > 0) return files.slice(0, MOST_FILES);
  } catch {
    // No repository, or no Git: the folder itself says what there is.
  }
  return walk(folder);
}

async function walk(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = [""];
  for (let at = folders.shift(); at !== undefined && files.length < MOST_FILES; at = folders.shift()) {
    const entries = await readdir(join(folder, at), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) folders.push(path);
      else if (entry.isFile()) files.push(path);
    }
  }
  return files.slice(0, MOST_FILES);
}
