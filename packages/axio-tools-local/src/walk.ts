import type { Folder, FolderEntry, Place } from "./folder.ts";
import { IgnoreRules } from "./ignore-rules.ts";

/** Something that was found below a folder. */
export interface FoundEntry {
  readonly place: Place;
  readonly kind: FolderEntry["kind"];
}

/** What to look through. */
export interface WalkOptions {
  /** How many levels of folders. 1 is the folder itself. Default: all. */
  readonly depth?: number;
  /** Also what `.gitignore` leaves out. `.git` is always left out. */
  readonly withIgnored: boolean;
  /** After how many entries to stop. */
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/** What lies below a folder, and whether that is all. Links are named, and not followed. */
export interface WalkResult {
  readonly entries: readonly FoundEntry[];
  readonly isComplete: boolean;
  /** Folders that could not be looked into. */
  readonly unreadable: readonly string[];
}

/** Looks through a folder and those in it, in the order of their names. */
export async function walk(folder: Folder, start: Place, options: WalkOptions): Promise<WalkResult> {
  const { depth = Number.POSITIVE_INFINITY, withIgnored, maxEntries, signal } = options;
  const entries: FoundEntry[] = [];
  const unreadable: string[] = [];

  const visit = async (place: Place, level: number, outer: IgnoreRules | undefined): Promise<boolean> => {
    const rules = withIgnored ? undefined : await IgnoreRules.read(folder, place, outer);
    let found: readonly FolderEntry[];
    try {
      found = await folder.list(place);
    } catch (error) {
      if (level === 1) throw error;
      unreadable.push(place.name);
      return true;
    }
    for (const { name, kind } of found) {
      signal.throwIfAborted();
      const entry = { place: inside(place, name), kind };
      if (name === ".git" || rules?.leavesOut(entry.place.name, kind === "folder") === true) continue;
      if (entries.length === maxEntries) return false;
      entries.push(entry);
      if (kind === "folder" && level < depth && !(await visit(entry.place, level + 1, rules))) return false;
    }
    return true;
  };

  const rules = withIgnored ? undefined : await rulesAround(folder, start);
  const isComplete = await visit(start, 1, rules);
  return { entries, isComplete, unreadable };
}

/** The rules of the folders around a place. None for a place that they leave out: who names it wants to see it. */
async function rulesAround(folder: Folder, place: Place): Promise<IgnoreRules | undefined> {
  let outer: Place = { path: folder.path, name: ".", parts: [] };
  let rules: IgnoreRules | undefined;
  for (const part of place.parts) {
    rules = await IgnoreRules.read(folder, outer, rules);
    outer = inside(outer, part);
    if (rules?.leavesOut(outer.name, true) === true) return undefined;
  }
  return rules;
}

function inside(place: Place, name: string): Place {
  return {
    path: `${place.path}${place.path.endsWith("/") ? "" : "/"}${name}`,
    name: place.name === "." ? name : `${place.name}/${name}`,
    parts: [...place.parts, name],
  };
}
