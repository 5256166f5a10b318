import type { FileHandle } from "node:fs/promises";
import type { Tool, ToolOutput } from "axio";
import { fileKind, KIND_BYTES } from "./file-kind.ts";
import { type FileLine, readLines } from "./file-lines.ts";
import type { Folder, Place } from "./folder.ts";
import { refusal } from "./local-error.ts";
import { MAX_WHOLE_FILE_BYTES } from "./text-file.ts";
import { objectSchema, typedTool } from "./typed-tool.ts";

interface ReadInput {
  readonly path: string;
  readonly line?: number;
  readonly count?: number;
}

const MAX_LINES = 2_000;
const MAX_LINE_BYTES = 2_000;
const MAX_CHARACTERS = 100_000;

/** The tool that reads files. */
export function readFileTool(folder: Folder): Tool {
  return typedTool<ReadInput>({
    name: "read_file",
    description: `Reads a text file, each line with its number and a tab before it, or looks at an image (PNG, JPEG, GIF, WebP). At most ${MAX_LINES} lines at a time; very long lines are cut.`,
    inputSchema: objectSchema(
      {
        path: { type: "string", description: "The file, from the working folder on." },
        line: { type: "integer", minimum: 1, description: "The line to begin with. Default 1." },
        count: {
          type: "integer",
          minimum: 1,
          description: `How many lines. Default and at most ${MAX_LINES}.`,
        },
      },
      ["path"],
    ),
    execute: async ({ path, line = 1, count = MAX_LINES }, { signal }) => {
      const place = await folder.locate(path);
      const handle = await folder.openFile(place);
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(KIND_BYTES), 0, KIND_BYTES, 0);
        const kind = fileKind(buffer.subarray(0, bytesRead));
        if (kind.kind === "image") return await readImage(handle, place, kind.mediaType);
        const { size } = await handle.stat();
        if (kind.kind === "binary")
          throw refusal(`${place.name} is binary (${size} bytes) and cannot be shown.`);
        if (bytesRead === 0) return `[${place.name} is empty.]`;
        const page = await readPage(handle, { first: line, count: Math.min(count, MAX_LINES), signal });
        const notes = notesOf(page, place, line);
        if (kind.encoding !== "utf-8")
          notes.push(`The file is ${kind.encoding.toUpperCase()}. patch_file cannot change it.`);
        return `${page.text}${notes.map((note) => `[${note}]\n`).join("")}`;
      } finally {
        await handle.close();
      }
    },
  });
}

async function readImage(handle: FileHandle, place: Place, mediaType: string): Promise<ToolOutput> {
  const { size } = await handle.stat();
  if (size > MAX_WHOLE_FILE_BYTES) {
    throw refusal(
      `${place.name} is an image of ${size} bytes; ${MAX_WHOLE_FILE_BYTES} is the most that can be shown.`,
    );
  }
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await handle.read(bytes, 0, size, 0);
  const data = bytes.subarray(0, bytesRead).toString("base64");
  return [
    { type: "text", text: `${place.name} (${mediaType}, ${size} bytes)` },
    { type: "image", mediaType, source: { kind: "base64", data } },
  ];
}

interface Page {
  readonly text: string;
  /** The number of the last line that was read, shown or not. */
  readonly lastLine: number;
  readonly shown: readonly FileLine[];
  readonly goesOn: boolean;
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
      return { text, lastLine: number, shown, goesOn: true };
    }
    number += 1;
    if (number < first) continue;
    shown.push(line);
    const rest = line.cutBytes === 0 ? "" : ` […${line.cutBytes} bytes more in this line]`;
    text += `${number}\t${line.text}${rest}\n`;
  }
  return { text, lastLine: number, shown, goesOn: false };
}

function notesOf({ lastLine, shown, goesOn }: Page, { name }: Place, first: number): string[] {
  if (shown.length === 0) {
    throw refusal(`${name} has ${lastLine} ${lastLine === 1 ? "line" : "lines"}; there is no line ${first}.`);
  }
  const notes: string[] = [];
  if (goesOn) notes.push(`The file goes on: read from line ${lastLine + 1}.`);
  const crlf = shown.filter(({ ending }) => ending === "\r\n").length;
  const ended = shown.filter(({ ending }) => ending !== "").length;
  if (crlf > 0)
    notes.push(crlf === ended ? "The lines end in CRLF." : "Some lines end in CRLF, others in LF.");
  if (shown.at(-1)?.ending === "") notes.push("There is no line end after the last line.");
  if (shown.some(({ isUtf8 }) => !isUtf8)) {
    notes.push("Not UTF-8: read as Windows-1252. patch_file cannot change it.");
  }
  return notes;
}
