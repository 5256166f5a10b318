import type { Tool } from "axio";
import type { PluginHost } from "axio/plugin";
import { changeTool } from "./change-tool.ts";
import type { Folder } from "./folder.ts";
import { objectSchema } from "./typed-tool.ts";

interface WriteInput {
  readonly path: string;
  readonly content: string;
}

/** The tool that writes whole files. */
export function writeFileTool(folder: Folder, ask: PluginHost["requestPermission"]): Tool {
  return changeTool<WriteInput>({
    name: "write_file",
    description:
      "Writes a whole text file in UTF-8, exactly as given, and makes the folders that it needs. What the file held is gone. To change a part of a file use patch_file.",
    parameters: objectSchema(
      {
        path: { type: "string", description: "The file, from the working folder on." },
        content: { type: "string", description: "All that the file is to hold." },
      },
      ["path", "content"],
    ),
    folder,
    ask,
    change: ({ content }) => ({ text: content, mark: false }),
    needsShownFile: true,
    report: ({ content }, before, place) =>
      `${before === undefined ? "Created" : "Wrote"} ${place.name} (${Buffer.byteLength(content)} bytes).`,
  });
}
