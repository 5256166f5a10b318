import type { FileHandle } from "node:fs/promises";
import { defineTool, type Tool, type ToolOutput } from "axio";
import { fileKind, KIND_BYTES } from "./file-kind.ts";
import { type FileLine, readLines } from "./file-lines.ts";
import { objectSchema } from "./object-schema.ts";
import { MAX_WHOLE_FILE_BYTES } from "./text-file.ts";
import { toolError } from "./tool-error.ts";
import type { Location, WorkingDirectory } from "./working-directory.ts";

interface ReadInput {
  readonly path: string;
  readonly line?: number | undefined;
  readonly count?: number | undefined;
}

const MAX_LINES = 2_000;
const MAX_LINE_BYTES = 2_000;
const MAX_CHARACTERS = 100_000;

/** Creates the tool that reads files. */
export function readFileTool(directory: WorkingDirectory): Tool {
  return defineTool({
    name: "read_file",
    description: `Reads a text file, with a line number and a tab before each line, or an image (PNG, JPEG, GIF, WebP). At most ${MAX_LINES} lines at a time; very long lines are truncated.`,
    inputSchema: objectSchema<ReadInput>(
      {
        path: { type: "string", description: "The file, relative to the working directory." },
        line: { type: "integer", minimum: 1, description: "The first line. Default: 1." },
        count: {
          type: "integer",
          minimum: 1,
          description: `How many lines. Default and maximum: ${MAX_LINES}.`,
        },
      },
      ["path"],
    ),
    execute: async ({ path, line = 1, count = MAX_LINES }, { signal }) => {
      const location = await directory.locate(path);
      const handle = await directory.openFile(location);
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(KIND_BYTES), 0, KIND_BYTES, 0);
        const kind = fileKind(buffer.subarray(0, bytesRead));
        if (kind.kind === "image") return await readImage(handle, location, kind.mediaType);
        const { size } = await handle.stat();
        if (kind.kind === "binary")
          throw toolError(`${location.name} is binary (${size} bytes) and cannot be shown.`);
        if (bytesRead === 0) return `[${location.name} is empty.]`;
        const page = await readPage(handle, { first: line, count: Math.min(count, MAX_LINES), signal });
        const notes = notesOf(page, location, line);
        if (kind.encoding !== "utf-8")
          notes.push(`The file is ${kind.encoding.toUpperCase()}. patch_file cannot change it.`);
        return `${page.text}${notes.map((note) => `[${note}]\n`).join("")}`;
      } finally {
        await handle.close();
      }
    },
  });
}

async function readImage(handle: FileHandle, location: Location, mediaType: string): Promise<ToolOutput> {
  const { size } = await handle.stat();
  if (size > MAX_WHOLE_FILE_BYTES) {
    throw toolError(`${location.name} is an image of ${size} bytes; the limit is ${MAX_WHOLE_FILE_BYTES}.`);
  }
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await handle.read(bytes, 0, size, 0);
  const data = bytes.subarray(0, bytesRead).toString("base64");
  return [
    { type: "text", text: `${location.name} (${mediaType}, ${size} bytes)` },
    { type: "image", mediaType, source: { kind: "base64", data } },
  ];
}

interface Page {
  readonly text: string;
  /** The number of the last line read, including skipped lines. */
  readonly lastLine: number;
  readonly shown: readonly FileLine[];
  readonly hasMore: boolean;
}

async function readPage(
  handle: FileHandle,
  range: { readonly first: number; readonly count: number; readonly signal: AbortSignal },
): Promise<Page> {
  const { first, count, signal } = range;
  const shown: FileLine[] = [];
  let text = "";
  let number = 0;
  for await (const line of readLines(handle, MAX_LINE_BYTES)) {
    signal.throwIfAborted();
    if (shown.length === count || text.length >= MAX_CHARACTERS) {
      return { text, lastLine: number, shown, hasMore: true };
    }
    number += 1;
    if (number < first) continue;
    shown.push(line);
    const rest = line.truncatedBytes === 0 ? "" : ` […${line.truncatedBytes} bytes more in this line]`;
    text += `${number}\t${line.text}${rest}\n`;
  }
  return { text, lastLine: number, shown, hasMore: false };
}

function notesOf({ lastLine, shown, hasMore }: Page, { name }: Location, first: number): string[] {
  if (shown.length === 0) {
    throw toolError(
      `${name} has ${lastLine} ${lastLine === 1 ? "line" : "lines"}; there is no line ${first}.`,
    );
  }
  const notes: string[] = [];
  if (hasMore) notes.push(`The file continues: read from line ${lastLine + 1}.`);
  const crlf = shown.filter(({ ending }) => ending === "\r\n").length;
  const ended = shown.filter(({ ending }) => ending !== "").length;
  if (crlf > 0)
    notes.push(crlf === ended ? "The lines end in CRLF." : "The line endings are mixed: CRLF and LF.");
  if (shown.at(-1)?.ending === "") notes.push("The last line has no line ending.");
  if (shown.some(({ isUtf8 }) => !isUtf8)) {
    notes.push("The file is not UTF-8; it was read as Windows-1252. patch_file cannot change it.");
  }
  return notes;
}
