import type { Tool } from "axio";
import type { PluginHost } from "axio/plugin";
import { changeTool } from "./change-tool.ts";
import { objectSchema } from "./object-schema.ts";
import { encodeTextFile, toTextFile } from "./text-file.ts";
import type { WorkingDirectory } from "./working-directory.ts";

interface WriteInput {
  readonly path: string;
  readonly content: string;
}

/** Creates the tool that writes whole files. */
export function writeFileTool(
  directory: WorkingDirectory,
  requestPermission: PluginHost["requestPermission"],
): Tool {
  return changeTool({
    name: "write_file",
    description:
      "Writes a whole text file in UTF-8 and creates missing directories. Replaces the previous content, but keeps its line endings and its byte order mark. Use patch_file to change a part of a file.",
    inputSchema: objectSchema<WriteInput>(
      {
        path: { type: "string", description: "The file, relative to the working directory." },
        content: { type: "string", description: "The complete content of the file." },
      },
      ["path", "content"],
    ),
    directory,
    requestPermission,
    change: ({ content }, before) => toTextFile(content, before),
    needsUnchangedFile: true,
    report: (_input, { before, after, location }) =>
      `${before === undefined ? "Created" : "Wrote"} ${location.name} (${encodeTextFile(after).length} bytes).`,
  });
}
