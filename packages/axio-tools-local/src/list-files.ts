import { readlink } from "node:fs/promises";
import { defineTool, type Tool } from "axio";
import { objectSchema } from "./object-schema.ts";
import { type FoundEntry, walk } from "./walk.ts";
import type { WorkingDirectory } from "./working-directory.ts";

interface ListInput {
  readonly path?: string | undefined;
  readonly depth?: number | undefined;
  readonly includeIgnored?: boolean | undefined;
}

const MAX_ENTRIES = 1_000;

/** Creates the tool that lists directories. */
export function listFilesTool(directory: WorkingDirectory): Tool {
  return defineTool({
    name: "list_files",
    description: `Lists a directory. Directories end in "/", links name their target. Entries ignored by .gitignore are omitted. At most ${MAX_ENTRIES} entries.`,
    inputSchema: objectSchema<ListInput>({
      path: {
        type: "string",
        description: "The directory, relative to the working directory. Default: the working directory.",
      },
      depth: { type: "integer", minimum: 1, description: "How many levels of directories. Default: 1." },
      includeIgnored: {
        type: "boolean",
        description: "Include entries ignored by .gitignore. Default: false.",
      },
    }),
    execute: async ({ path = ".", depth = 1, includeIgnored = false }, { signal }) => {
      const location = await directory.locate(path);
      const found = await walk(directory, location, {
        depth,
        includeIgnored,
        maxEntries: MAX_ENTRIES,
        signal,
      });
      const lines = await Promise.all(found.entries.map(formatEntry));
      if (lines.length === 0) lines.push(`[${location.name} has nothing to list.]`);
      if (!found.isComplete) {
        lines.push(`[There are more than ${MAX_ENTRIES} entries. List a subdirectory.]`);
      }
      lines.push(...found.unreadable.map((name) => `[${name} cannot be read.]`));
      return lines.join("\n");
    },
  });
}

async function formatEntry({ location, kind }: FoundEntry): Promise<string> {
  if (kind === "directory") return `${location.name}/`;
  if (kind !== "link") return location.name;
  const target = await readlink(location.path).catch(() => "?");
  return `${location.name} -> ${target}`;
}
