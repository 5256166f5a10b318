import { readlink } from "node:fs/promises";
import type { Tool } from "axio";
import type { Folder } from "./folder.ts";
import { objectSchema, typedTool } from "./typed-tool.ts";
import { type FoundEntry, walk } from "./walk.ts";

interface ListInput {
  readonly path?: string;
  readonly depth?: number;
  readonly withIgnored?: boolean;
}

const MAX_ENTRIES = 1_000;

/** The tool that lists folders. */
export function listFilesTool(folder: Folder): Tool {
  return typedTool<ListInput>({
    name: "list_files",
    description: `Lists a folder: folders end in "/", links name their target. What .gitignore leaves out is left out. At most ${MAX_ENTRIES} entries.`,
    inputSchema: objectSchema({
      path: { type: "string", description: "The folder, from the working folder on. Default: that itself." },
      depth: { type: "integer", minimum: 1, description: "How many levels of folders. Default 1." },
      withIgnored: { type: "boolean", description: "Also what .gitignore leaves out. Default false." },
    }),
    execute: async ({ path = ".", depth = 1, withIgnored = false }, { signal }) => {
      const place = await folder.locate(path);
      const found = await walk(folder, place, { depth, withIgnored, maxEntries: MAX_ENTRIES, signal });
      const lines = await Promise.all(found.entries.map(lineOf));
      if (lines.length === 0) lines.push(`[${place.name} holds nothing to list.]`);
      if (!found.isComplete)
        lines.push(`[There are more than ${MAX_ENTRIES} entries. List a folder further down.]`);
      lines.push(...found.unreadable.map((name) => `[${name} cannot be read.]`));
      return lines.join("\n");
    },
  });
}

async function lineOf({ place, kind }: FoundEntry): Promise<string> {
  if (kind === "folder") return `${place.name}/`;
  if (kind !== "link") return place.name;
  const target = await readlink(place.path).catch(() => "?");
  return `${place.name} -> ${target}`;
}
