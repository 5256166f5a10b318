import { defineTool, type Tool } from "axio";
import { runWithTimeout } from "axio/internal";
import picomatch from "picomatch";
import { fileKind } from "../file-kind.ts";
import { objectSchema } from "../object-schema.ts";
import { readWhole } from "../text-file.ts";
import { toolError } from "../tool-error.ts";
import { type WalkResult, walk } from "../walk.ts";
import type { Location, WorkingDirectory } from "../working-directory.ts";
import { compilePattern } from "./compile-pattern.ts";
import { PatternWorker } from "./pattern-worker.ts";

interface SearchInput {
  readonly pattern?: string | undefined;
  readonly glob?: string | undefined;
  readonly path?: string | undefined;
  readonly ignoreCase?: boolean | undefined;
  readonly includeIgnored?: boolean | undefined;
}

const MAX_FOUND = 200;
const MAX_ENTRIES = 100_000;
/** The longest time for a file. */
const MAX_PATTERN_MS = 2_000;
/** Globs are matched in this thread. */
const MAX_GLOB_MS = 250;
const MAX_GLOB_CHARACTERS = 1_000;

/** Creates the tool that searches files by name and by content. */
export function searchFilesTool(directory: WorkingDirectory): Tool {
  return defineTool({
    name: "search_files",
    description: `Finds files by name (glob), or lines by a regular expression (pattern), as path:line:text. With both, searches the files that match the glob. Files ignored by .gitignore are omitted. At most ${MAX_FOUND} results.`,
    inputSchema: objectSchema<SearchInput>({
      pattern: { type: "string", description: "A JavaScript regular expression, matched against each line." },
      glob: {
        type: "string",
        description:
          'File names: "*.ts" in every directory, "src/**/*.{js,ts}" relative to the searched directory.',
      },
      path: {
        type: "string",
        description: "The directory to search, or one file. Default: the working directory.",
      },
      ignoreCase: {
        type: "boolean",
        description: "Ignore case in the pattern. Default: false.",
      },
      includeIgnored: {
        type: "boolean",
        description: "Include files ignored by .gitignore. Default: false.",
      },
    }),
    execute: async (
      { pattern, glob, path = ".", ignoreCase = false, includeIgnored = false },
      { signal },
    ) => {
      if (pattern === undefined && glob === undefined) throw toolError('Give a "pattern", a "glob" or both.');
      const expression = pattern === undefined ? undefined : compilePattern(pattern, ignoreCase);
      const start = await directory.locate(path);
      const { files, notes: limitNotes } = await findFiles(directory, start, {
        glob,
        includeIgnored,
        signal,
      });
      const search = { directory, expression, signal };
      const { lines, notes } =
        expression === undefined ? named(files) : await grep(files, { ...search, expression });
      if (lines.length === 0) lines.push("[No results.]");
      return [...lines, ...notes, ...limitNotes].join("\n");
    },
  });
}

async function findFiles(
  directory: WorkingDirectory,
  start: Location,
  options: {
    readonly glob: string | undefined;
    readonly includeIgnored: boolean;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly files: readonly Location[]; readonly notes: readonly string[] }> {
  const { glob, includeIgnored, signal } = options;
  let found: WalkResult;
  try {
    found = await walk(directory, start, { includeIgnored, maxEntries: MAX_ENTRIES, signal });
  } catch (error) {
    signal.throwIfAborted();
    // The path may name one file.
    const handle = await directory.openFile(start).catch(() => {
      throw error;
    });
    await handle.close();
    return { files: [start], notes: [] };
  }
  const files = found.entries.filter(({ kind }) => kind === "file").map(({ location }) => location);
  const notes = found.isComplete
    ? []
    : [`[Only the first ${MAX_ENTRIES} entries were searched. Search a subdirectory.]`];
  return { files: glob === undefined ? files : matching(files, start, glob), notes };
}

function matching(files: readonly Location[], start: Location, glob: string): readonly Location[] {
  if (glob.length > MAX_GLOB_CHARACTERS) throw toolError("The glob is too long. Use a shorter one.");
  const from = start.name === "." ? 0 : start.name.length + 1;
  const matched = runWithTimeout(() => {
    const matches = picomatch(glob.replace(/^\.\//, ""), { dot: true, basename: !glob.includes("/") });
    return files.filter(({ name }) => matches(name.slice(from)));
  }, MAX_GLOB_MS);
  if (matched === undefined) throw toolError("The glob takes too long to match. Use a simpler one.");
  return matched.result;
}

interface Found {
  readonly lines: string[];
  readonly notes: readonly string[];
}

function named(files: readonly Location[]): Found {
  const lines = files.slice(0, MAX_FOUND).map(({ name }) => name);
  return { lines, notes: files.length > MAX_FOUND ? [`[${files.length - MAX_FOUND} more files.]`] : [] };
}

async function grep(
  files: readonly Location[],
  search: { readonly directory: WorkingDirectory; readonly expression: RegExp; readonly signal: AbortSignal },
): Promise<Found> {
  const { directory, expression: pattern, signal } = search;
  const worker = new PatternWorker();
  const lines: string[] = [];
  const skipped: string[] = [];
  try {
    for (const location of files) {
      signal.throwIfAborted();
      const bytes = await readWhole(directory, location).catch((error: Error) => {
        skipped.push(`[Skipped: ${error.message}]`);
        return undefined;
      });
      const kind = bytes === undefined ? undefined : fileKind(bytes);
      if (kind?.kind !== "text") continue;
      const text = new TextDecoder(kind.encoding).decode(bytes);
      const max = MAX_FOUND + 1 - lines.length;
      const found = await worker.search({ text, pattern, max }, { timeoutMs: MAX_PATTERN_MS, signal });
      if (found === undefined) {
        throw toolError(
          `The pattern takes too long on ${location.name}. Use a simpler one, without nested repetition such as (a+)+.`,
        );
      }
      lines.push(...found.map(({ number, text: line }) => `${location.name}:${number}:${line}`));
      if (lines.length > MAX_FOUND) {
        return {
          lines: lines.slice(0, MAX_FOUND),
          notes: [`[There are more than ${MAX_FOUND} results. Narrow the search.]`],
        };
      }
    }
  } finally {
    await worker.close();
  }
  const notes = skipped.slice(0, 10);
  if (skipped.length > notes.length)
    notes.push(`[${skipped.length - notes.length} more files were skipped.]`);
  return { lines, notes };
}
