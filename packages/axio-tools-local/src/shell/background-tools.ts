import { defineTool, type Tool } from "axio";
import { HeadTailBuffer } from "axio/internal";
import { objectSchema } from "../object-schema.ts";
import type { BackgroundOutput, BackgroundProcesses } from "./background-processes.ts";
import { describeEnd, ensureNewline, MAX_RESULT_CHARACTERS } from "./command-result.ts";

interface OutputInput {
  readonly id: string;
  readonly cursor?: number | undefined;
  readonly waitSeconds?: number | undefined;
}

const MAX_WAIT_SECONDS = 60;
const ID = { type: "string", description: "The id that shell returned." } as const;

/** Creates the tools that read and stop background processes. */
export function backgroundTools(processes: BackgroundProcesses): readonly Tool[] {
  return [outputTool(processes), stopTool(processes)];
}

function outputTool(processes: BackgroundProcesses): Tool {
  return defineTool({
    name: "shell_output",
    description:
      "Returns the output of a background process since it was last read, and whether it still runs. Can wait until there is some.",
    inputSchema: objectSchema<OutputInput>(
      {
        id: ID,
        cursor: {
          type: "integer",
          minimum: 0,
          description: "Read from this position on. Default: the end of what was read last.",
        },
        waitSeconds: {
          type: "number",
          minimum: 0,
          maximum: MAX_WAIT_SECONDS,
          description: "Wait up to this long for new output or the end. Default: 0.",
        },
      },
      ["id"],
    ),
    execute: async ({ id, cursor, waitSeconds = 0 }, { signal }) => {
      const found = processes.get(id);
      if (waitSeconds > 0) {
        const timeout = AbortSignal.timeout(waitSeconds * 1_000);
        await found.waitForChange(cursor, AbortSignal.any([signal, timeout]));
      }
      return describeOutput(found.read(cursor));
    },
  });
}

function stopTool(processes: BackgroundProcesses): Tool {
  return defineTool({
    name: "shell_stop",
    description: "Stops a background process with all processes that it started. Returns its last output.",
    inputSchema: objectSchema<{ readonly id: string }>({ id: ID }, ["id"]),
    execute: async ({ id }) => {
      const found = processes.get(id);
      await found.stop();
      return describeOutput(found.read());
    },
  });
}

function describeOutput({ text, lost, cursor, end }: BackgroundOutput): string {
  const buffer = new HeadTailBuffer(MAX_RESULT_CHARACTERS);
  buffer.add(text);
  const loss = lost === 0 ? "" : `[… ${lost.toLocaleString("en")} characters are no longer kept …]\n`;
  const state = end === undefined ? "Still running" : describeEnd(end);
  return `${loss}${ensureNewline(buffer.text())}[${state}. Cursor: ${cursor}]`;
}
