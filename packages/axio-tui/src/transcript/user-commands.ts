import { type Entry, nextEntryId, type ToolEntry } from "./entries.ts";
import { growOutput, type Transcript } from "./transcript.ts";
import { parseCommandText, type UserCommandResult } from "./user-command-text.ts";

/** The name of the entry of a command that the user runs. */
export const USER_COMMAND = "!";

/** Returns the entry of a command that the user runs. */
export function commandEntry(command: string): ToolEntry {
  const id = nextEntryId();
  return {
    kind: "tool",
    id,
    toolCallId: `user-command-${id}`,
    name: USER_COMMAND,
    state: "running",
    inputText: command,
    input: { command },
    output: "",
    attachments: [],
  };
}

/** Returns the entry of a stored text; `undefined` if it is not a command of the user. */
export function storedCommandEntry(text: string): ToolEntry | undefined {
  const found = parseCommandText(text);
  if (found === undefined) return undefined;
  return finished(commandEntry(found.command), { ...found, hasFailed: found.end !== "exit code 0" });
}

/** Adds output to a running command. */
export function growCommand(transcript: Transcript, id: number, delta: string): Transcript {
  return changeEntry(transcript, id, (entry) => ({ ...entry, output: growOutput(entry.output, delta) }));
}

/** Adds the end of a command. */
export function finishCommand(transcript: Transcript, id: number, result: UserCommandResult): Transcript {
  return changeEntry(transcript, id, (entry) => finished(entry, result));
}

function finished(entry: ToolEntry, { output, end, hasFailed }: UserCommandResult): ToolEntry {
  const text = output.trimEnd();
  const last = end === "exit code 0" ? [] : [`[${end}]`];
  return {
    ...entry,
    state: hasFailed ? "failed" : "done",
    result: [...(text === "" ? [] : [text]), ...last].join("\n"),
  };
}

function changeEntry(transcript: Transcript, id: number, change: (entry: ToolEntry) => Entry): Transcript {
  const committed = transcript.committed.map((entry) =>
    entry.kind === "tool" && entry.id === id ? change(entry) : entry,
  );
  return { ...transcript, committed };
}
