/** A file at one moment: its content, by hash, and whether it is executable. `null` if there is no file. */
export type FileVersion = {
  /** SHA-256 of the content. */
  readonly hash: string;
  /** Whether the content is in the snapshot store. Large files are not. */
  readonly isKept: boolean;
  readonly isExecutable: boolean;
} | null;

/** A file that changed. */
export interface FileChange {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly before: FileVersion;
  readonly after: FileVersion;
}

/** Tells whether two versions are the same file. */
export function isSameVersion(a: FileVersion, b: FileVersion): boolean {
  return a?.hash === b?.hash && a?.isExecutable === b?.isExecutable;
}

/** Returns the differences between two states of a folder, by path. */
export function compareFiles(
  before: ReadonlyMap<string, FileVersion>,
  after: ReadonlyMap<string, FileVersion>,
): readonly FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const change = { path, before: before.get(path) ?? null, after: after.get(path) ?? null };
    return isSameVersion(change.before, change.after) ? [] : [change];
  });
}

/** A file that several runs changed. */
export interface MergedChange extends FileChange {
  /** Whether it was changed between two of the runs by someone else. */
  readonly hasGap: boolean;
}

/** Joins the changes of consecutive runs: from the state before the first to the state after the last. */
export function mergeChanges(runs: readonly (readonly FileChange[])[]): readonly MergedChange[] {
  const merged = new Map<string, MergedChange>();
  for (const change of runs.flat()) {
    const earlier = merged.get(change.path);
    const hasGap = earlier !== undefined && !isSameVersion(earlier.after, change.before);
    merged.set(change.path, {
      path: change.path,
      before: earlier === undefined ? change.before : earlier.before,
      after: change.after,
      hasGap: hasGap || (earlier?.hasGap ?? false),
    });
  }
  return [...merged.values()].filter(({ before, after, hasGap }) => hasGap || !isSameVersion(before, after));
}
