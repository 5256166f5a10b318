import type { Tool } from "axio";
import type { PluginHost } from "axio/plugin";
import { changeTool } from "./change-tool.ts";
import { applyEdits, type Edit } from "./edits.ts";
import type { Folder } from "./folder.ts";
import { refusal } from "./local-error.ts";
import { objectSchema } from "./typed-tool.ts";

interface PatchInput {
  readonly path: string;
  readonly edits: readonly Edit[];
}

/** The tool that changes parts of files. */
export function patchFileTool(folder: Folder, ask: PluginHost["requestPermission"]): Tool {
  return changeTool<PatchInput>({
    name: "patch_file",
    description:
      "Replaces parts of a text file. Each edit names the text to replace, exactly as it stands in the file (without the line numbers of read_file) and with enough lines around it to stand there once. The edits are made in order, all or none. Line endings and everything else stay as they are.",
    parameters: objectSchema(
      {
        path: { type: "string", description: "The file, from the working folder on." },
        edits: {
          type: "array",
          minItems: 1,
          items: objectSchema(
            {
              oldText: { type: "string", description: "The text to replace." },
              newText: { type: "string", description: "What stands there afterwards; empty to remove it." },
              all: {
                type: "boolean",
                description: "Replace it everywhere. Default: it must stand there once.",
              },
            },
            ["oldText", "newText"],
          ),
        },
      },
      ["path", "edits"],
    ),
    folder,
    ask,
    change: ({ edits }, before, place) => {
      if (before === undefined) throw refusal(`${place.name} does not exist. Use write_file to create it.`);
      return { ...before, text: applyEdits(before.text, edits) };
    },
    // An edit says itself what it changes: another one before it does not matter as long as its text is there.
    needsShownFile: false,
    report: ({ edits }, _before, place) =>
      `${place.name}: ${edits.length} ${edits.length === 1 ? "edit" : "edits"} made.`,
  });
}
