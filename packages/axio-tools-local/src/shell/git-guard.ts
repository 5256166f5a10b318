import { randomUUID } from "node:crypto";
import { lstatSync, realpathSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import type { SandboxPath } from "./sandbox-policy.ts";

/** The names of all that makes Git run programs, below the directory `.git`. Commands in the sandbox may not write it. */
export const RUN_BY_GIT: readonly string[] = [
  "hooks",
  "config",
  "config.worktree",
  // Names another directory with hooks and configuration.
  "commondir",
  "modules",
  "worktrees",
];
/** Of these, what no ordinary command of Git creates in an existing repository. */
const NEVER_CREATED: readonly string[] = ["hooks", "config", "config.worktree", "commondir"];

/** Paths at which a command must not make anything, and those that were made in the meantime without a sandbox. */
export interface GitGuard {
  /** Does not exist. */
  readonly missing: readonly string[];
  /** Exists, and is no link. */
  readonly present: readonly SandboxPath[];
}

/** Looks at a directory `.git`, before a command starts. */
export function guardGit(git: SandboxPath | undefined): GitGuard {
  if (git?.isDirectory !== true) return { missing: [], present: [] };
  const missing: string[] = [];
  const present: SandboxPath[] = [];
  for (const path of NEVER_CREATED.map((name) => join(git.path, name))) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) missing.push(path);
    else if (!stats.isSymbolicLink() && realpathSync(path) === path)
      present.push({ path, isDirectory: stats.isDirectory() });
  }
  return { missing, present };
}

/**
 * Renames what a command has made at paths where nothing was, so that Git does not find it. A system without a way to forbid
 * that in advance needs it.
 *
 * @returns The paths, and their new names.
 */
export function moveAway(paths: readonly string[]): readonly (readonly [path: string, name: string])[] {
  return paths.flatMap((path) => {
    const name = `${basename(path)}.disabled-${randomUUID().slice(0, 8)}`;
    try {
      renameSync(path, join(path, "..", name));
      return [[path, name] as const];
    } catch {
      // Nothing is there.
      return [];
    }
  });
}
