import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { type DiffSize, diffSize } from "../transcript/diff-lines.ts";
import type { FileHistory } from "./file-history.ts";
import type { FileChange, FileVersion } from "./file-version.ts";

/** The comparison takes quadratic time for texts that share nothing. */
const MAX_EDIT_LENGTH = 2_000;
/** A longer row is cut, in characters. */
const LONGEST_ROW = 1_000;

/** A changed file, to show. */
export interface ShownChange {
  readonly path: string;
  readonly kind: "created" | "changed" | "deleted";
  readonly size: DiffSize;
  /** The change as a unified diff. */
  readonly diff?: string | undefined;
  /** Why there is no diff. */
  readonly note?: string | undefined;
}

/** Compares the two versions of a changed file. */
export async function showChange(
  { path, before, after }: FileChange,
  files: Pick<FileHistory, "content">,
): Promise<ShownChange> {
  const kind = before === null ? "created" : after === null ? "deleted" : "changed";
  const without = (note: string): ShownChange => ({ path, kind, size: { added: 0, removed: 0 }, note });
  const [old, current] = await Promise.all([before, after].map((version) => contentOf(version, files)));
  if (old === undefined || current === undefined) return without("too large to show");
  if (old.includes(0) || current.includes(0)) return without("binary");
  if (old.equals(current))
    return without(after?.isExecutable === true ? "made executable" : "not executable any more");
  const names = [before === null ? "/dev/null" : `a/${path}`, after === null ? "/dev/null" : `b/${path}`];
  const diff = createTwoFilesPatch(
    names[0] ?? "",
    names[1] ?? "",
    old.toString(),
    current.toString(),
    "",
    "",
    {
      headerOptions: FILE_HEADERS_ONLY,
      context: 3,
      maxEditLength: MAX_EDIT_LENGTH,
    },
  );
  if (diff === undefined) return without("rewritten");
  const cut = diff
    .split("\n")
    .map((row) => row.slice(0, LONGEST_ROW))
    .join("\n");
  return { path, kind, size: diffSize(cut), diff: cut };
}

async function contentOf(
  version: FileVersion | undefined,
  files: Pick<FileHistory, "content">,
): Promise<Buffer | undefined> {
  if (version === null || version === undefined) return Buffer.alloc(0);
  return version.isKept ? files.content(version.hash) : undefined;
}
