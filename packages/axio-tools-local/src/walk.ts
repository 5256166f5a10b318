import { setImmediate as nextTurn } from "node:timers/promises";
import { IgnoreRules } from "./ignore-rules.ts";
import type { DirectoryEntry, Location, WorkingDirectory } from "./working-directory.ts";

/** An entry at any depth. */
export interface FoundEntry {
  readonly location: Location;
  readonly kind: DirectoryEntry["kind"];
}

/** Options of {@link walk}. */
export interface WalkOptions {
  /** How many levels of directories; 1 lists only the start. Default: all. */
  readonly depth?: number | undefined;
  /** Whether to include entries that `.gitignore` ignores. `.git` is always omitted. */
  readonly includeIgnored: boolean;
  /** Names of directories to omit everywhere. Default: none. */
  readonly omit?: ReadonlySet<string> | undefined;
  /** Stop after this many entries. */
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/** The entries of a directory tree. Links are listed, but not followed. */
export interface WalkResult {
  readonly entries: readonly FoundEntry[];
  readonly isComplete: boolean;
  /** Directories that could not be read. */
  readonly unreadable: readonly string[];
}

/** How long to work before other tasks of the event loop get a turn. */
const MAX_TURN_MS = 10;

/** Lists a directory tree in the order of names. */
export async function walk(
  directory: WorkingDirectory,
  start: Location,
  options: WalkOptions,
): Promise<WalkResult> {
  const { depth = Number.POSITIVE_INFINITY, includeIgnored, omit, maxEntries, signal } = options;
  const entries: FoundEntry[] = [];
  const unreadable: string[] = [];
  let turnStart = performance.now();

  const visit = async (
    location: Location,
    level: number,
    outer: IgnoreRules | undefined,
  ): Promise<boolean> => {
    const rules = includeIgnored ? undefined : await IgnoreRules.read(directory, location, outer);
    let found: readonly DirectoryEntry[];
    try {
      found = await directory.list(location);
    } catch (error) {
      if (level === 1) throw error;
      unreadable.push(location.name);
      return true;
    }
    for (const { name, kind } of found) {
      signal.throwIfAborted();
      // A directory may have many entries, and a `.gitignore` many rules.
      if (performance.now() - turnStart > MAX_TURN_MS) {
        await nextTurn();
        turnStart = performance.now();
      }
      const entry = { location: inside(location, name), kind };
      if (name === ".git" || rules?.ignores(entry.location, kind === "directory") === true) continue;
      if (kind === "directory" && omit?.has(name) === true) continue;
      if (entries.length === maxEntries) return false;
      entries.push(entry);
      if (kind === "directory" && level < depth && !(await visit(entry.location, level + 1, rules)))
        return false;
    }
    return true;
  };

  const rules = includeIgnored ? undefined : await parentRules(directory, start);
  const isComplete = await visit(start, 1, rules);
  return { entries, isComplete, unreadable };
}

/** Reads the rules of the parent directories. They do not apply to a directory that they ignore: it was requested explicitly. */
async function parentRules(
  directory: WorkingDirectory,
  location: Location,
): Promise<IgnoreRules | undefined> {
  let outer: Location = { path: directory.path, name: ".", parts: [] };
  let rules: IgnoreRules | undefined;
  for (const part of location.parts) {
    rules = await IgnoreRules.read(directory, outer, rules);
    outer = inside(outer, part);
    if (rules?.ignores(outer, true) === true) return undefined;
  }
  return rules;
}

function inside(location: Location, name: string): Location {
  return {
    path: `${location.path}${location.path.endsWith("/") ? "" : "/"}${name}`,
    name: location.name === "." ? name : `${location.name}/${name}`,
    parts: [...location.parts, name],
  };
}
