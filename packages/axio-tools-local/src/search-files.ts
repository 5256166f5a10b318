import type { Tool } from "axio";
import picomatch from "picomatch";
import { inBoundedTime } from "./bounded-time.ts";
import { fileKind } from "./file-kind.ts";
import type { Folder, Place } from "./folder.ts";
import { refusal } from "./local-error.ts";
import { searchText } from "./search-text.ts";
import { readWhole } from "./text-file.ts";
import { objectSchema, typedTool } from "./typed-tool.ts";
import { type WalkResult, walk } from "./walk.ts";

interface SearchInput {
  readonly pattern?: string;
  readonly glob?: string;
  readonly path?: string;
  readonly ignoreCase?: boolean;
  readonly withIgnored?: boolean;
}

const MAX_FOUND = 200;
const MAX_ENTRIES = 100_000;
const MAX_PATTERN_MS = 1_000;

/** The tool that searches files, by name and by content. */
export function searchFilesTool(folder: Folder): Tool {
  return typedTool<SearchInput>({
    name: "search_files",
    description: `Finds files by name (glob), or lines in them by a regular expression (pattern), as path:line:text. Both together search in the files that the glob names. What .gitignore leaves out is left out. At most ${MAX_FOUND} results.`,
    inputSchema: objectSchema({
      pattern: { type: "string", description: "A JavaScript regular expression, for each line." },
      glob: {
        type: "string",
        description:
          'Names of files: "*.ts" in every folder, "src/**/*.{js,ts}" from the searched folder on.',
      },
      path: {
        type: "string",
        description: "The folder to search, or one file. Default: the working folder.",
      },
      ignoreCase: {
        type: "boolean",
        description: "Whether capitals do not matter to the pattern. Default false.",
      },
      withIgnored: { type: "boolean", description: "Also what .gitignore leaves out. Default false." },
    }),
    execute: async ({ pattern, glob, path = ".", ignoreCase = false, withIgnored = false }, { signal }) => {
      if (pattern === undefined && glob === undefined) throw refusal('Give a "pattern", a "glob" or both.');
      const expression = pattern === undefined ? undefined : compile(pattern, ignoreCase);
      const start = await folder.locate(path);
      const { files, note } = await findFiles(folder, start, { glob, withIgnored, signal });
      const search = { folder, expression, signal };
      const { lines, notes } =
        expression === undefined ? named(files) : await grep(files, { ...search, expression });
      if (lines.length === 0) lines.push("[Nothing was found.]");
      return [...lines, ...notes, ...note].join("\n");
    },
  });
}

function compile(pattern: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(pattern, ignoreCase ? "i" : "");
  } catch (cause) {
    throw refusal(`The pattern is no regular expression: ${(cause as Error).message}.`, cause);
  }
}

async function findFiles(
  folder: Folder,
  start: Place,
  options: { readonly glob: string | undefined; readonly withIgnored: boolean; readonly signal: AbortSignal },
): Promise<{ readonly files: readonly Place[]; readonly note: readonly string[] }> {
  const { glob, withIgnored, signal } = options;
  let found: WalkResult;
  try {
    found = await walk(folder, start, { withIgnored, maxEntries: MAX_ENTRIES, signal });
  } catch (error) {
    signal.throwIfAborted();
    // One file. Where it is none either, opening it says so.
    const handle = await folder.openFile(start).catch(() => {
      throw error;
    });
    await handle.close();
    return { files: [start], note: [] };
  }
  const files = found.entries.filter(({ kind }) => kind === "file").map(({ place }) => place);
  const note = found.isComplete
    ? []
    : [`[Only the first ${MAX_ENTRIES} entries were looked at. Search a folder further down.]`];
  return { files: glob === undefined ? files : matching(files, start, glob), note };
}

function matching(files: readonly Place[], start: Place, glob: string): readonly Place[] {
  const from = start.name === "." ? 0 : start.name.length + 1;
  const matched = inBoundedTime(() => {
    const matches = picomatch(glob.replace(/^\.\//, ""), { dot: true, basename: !glob.includes("/") });
    return files.filter(({ name }) => matches(name.slice(from)));
  }, MAX_PATTERN_MS);
  if (matched === undefined) throw refusal("The glob takes too long to match. Use a simpler one.");
  return matched.result;
}

interface Found {
  readonly lines: string[];
  readonly notes: readonly string[];
}

function named(files: readonly Place[]): Found {
  const lines = files.slice(0, MAX_FOUND).map(({ name }) => name);
  return { lines, notes: files.length > MAX_FOUND ? [`[${files.length - MAX_FOUND} more files.]`] : [] };
}

async function grep(
  files: readonly Place[],
  search: { readonly folder: Folder; readonly expression: RegExp; readonly signal: AbortSignal },
): Promise<Found> {
  const { folder, expression, signal } = search;
  const lines: string[] = [];
  const skipped: string[] = [];
  for (const place of files) {
    signal.throwIfAborted();
    const bytes = await readWhole(folder, place).catch((error: Error) => {
      skipped.push(`[Left out: ${error.message}]`);
      return undefined;
    });
    if (bytes === undefined || fileKind(bytes).kind !== "text") continue;
    const most = MAX_FOUND + 1 - lines.length;
    const found = inBoundedTime(() => searchText(bytes.toString("utf8"), expression, most), MAX_PATTERN_MS);
    if (found === undefined) {
      throw refusal(
        `The pattern takes too long on ${place.name}. Use a simpler one, without repetitions in repetitions such as (a+)+.`,
      );
    }
    lines.push(...found.result.map(({ number, text }) => `${place.name}:${number}:${text}`));
    if (lines.length > MAX_FOUND) {
      return {
        lines: lines.slice(0, MAX_FOUND),
        notes: [`[There are more than ${MAX_FOUND}. Narrow the search.]`],
      };
    }
  }
  const notes = skipped.slice(0, 10);
  if (skipped.length > notes.length)
    notes.push(`[${skipped.length - notes.length} more files were left out.]`);
  return { lines, notes };
}
