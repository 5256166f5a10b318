import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { readContainedFile, readRegularFile } from "axio-tools-local/contained-file";

/** Each of these files has one line. */
const MAX_BYTES = 4_096;
/** How many directories are searched upwards. */
const MAX_LEVELS = 32;

/** Returns the branch of the repository that contains a folder, or the beginning of its commit. Runs no program. */
export async function gitBranch(folder: string, home = homedir()): Promise<string | undefined> {
  let directory = folder;
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const head = await readHead(directory);
    if (head !== undefined) return parseHead(head);
    // The repository of a home directory is not that of a project in it.
    if (directory === home || dirname(directory) === directory) return undefined;
    directory = dirname(directory);
  }
  return undefined;
}

async function readHead(directory: string): Promise<string | undefined> {
  const head = await readContainedFile(directory, ".git/HEAD", MAX_BYTES);
  if (head.status === "read") return head.bytes.toString("utf8");
  // A worktree or submodule names its directory in a file.
  const link = await readContainedFile(directory, ".git", MAX_BYTES);
  const path = link.status === "read" ? /^gitdir: (.+)$/m.exec(link.bytes.toString("utf8"))?.[1] : undefined;
  if (path === undefined) return undefined;
  const other = await readRegularFile(
    join(isAbsolute(path) ? path : resolve(directory, path), "HEAD"),
    MAX_BYTES,
  );
  return other.status === "read" ? other.bytes.toString("utf8") : undefined;
}

function parseHead(head: string): string | undefined {
  const [, branch] = /^ref: refs\/heads\/(\S+)/.exec(head) ?? [];
  const [, commit] = /^([0-9a-f]{40,64})\s*$/.exec(head) ?? [];
  return branch ?? commit?.slice(0, 8);
}
