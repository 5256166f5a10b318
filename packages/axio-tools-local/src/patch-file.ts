import type { Tool } from "axio";
import type { PluginHost } from "axio/plugin";
import { changeTool } from "./change-tool.ts";
import { applyEdits, type Edit } from "./edits.ts";
import { objectSchema } from "./object-schema.ts";
import { toolError } from "./tool-error.ts";
import type { WorkingDirectory } from "./working-directory.ts";

interface PatchInput {
  readonly path: string;
  readonly edits: readonly Edit[];
}

/** Creates the tool that replaces parts of a file. */
export function patchFileTool(
  directory: WorkingDirectory,
  requestPermission: PluginHost["requestPermission"],
): Tool {
  return changeTool({
    name: "patch_file",
    description:
      "Replaces parts of a text file. Each edit gives the text to replace, exactly as it is in the file (without the line numbers of read_file), with enough surrounding lines to occur only once. The edits are applied in order, all or none. Line endings are kept.",
    inputSchema: objectSchema<PatchInput>(
      {
        path: { type: "string", description: "The file, relative to the working directory." },
        edits: {
          type: "array",
          minItems: 1,
          items: objectSchema(
            {
              oldText: { type: "string", description: "The text to replace." },
              newText: { type: "string", description: "The new text; empty to delete." },
              all: {
                type: "boolean",
                description: "Replace every occurrence. Default: false, the text must occur once.",
              },
            },
            ["oldText", "newText"],
          ),
        },
      },
      ["path", "edits"],
    ),
    directory,
    requestPermission,
    change: ({ edits }, before, location) => {
      if (before === undefined) {
        throw toolError(`${location.name} does not exist. Use write_file to create it.`);
      }
      return { ...before, text: applyEdits(before.text, edits).toWellFormed() };
    },
    // An edit still applies after another change, as long as its text is in the file.
    needsUnchangedFile: false,
    report: ({ edits }, { location }) =>
      `${location.name}: applied ${edits.length} ${edits.length === 1 ? "edit" : "edits"}.`,
  });
}
