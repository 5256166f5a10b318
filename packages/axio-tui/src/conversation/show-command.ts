import type { TextBlock } from "axio";
import { addEntry, type Transcript } from "../transcript/transcript.ts";
import { commandText } from "../transcript/user-command-text.ts";
import { commandEntry, finishCommand, growCommand } from "../transcript/user-commands.ts";
import { runUserCommand, type UserCommand } from "./user-command.ts";

/** Changes the transcript. */
export type ShowChange = (change: (before: Transcript) => Transcript) => void;

/** A command of the user, and the transcript that shows it. */
export interface ShownCommand extends Omit<UserCommand, "onOutput"> {
  readonly show: ShowChange;
}

/** Runs a command of the user, and shows its output as it arrives. Returns what the model gets. */
export async function showCommand({ show, ...request }: ShownCommand): Promise<TextBlock> {
  const { command } = request;
  const entry = commandEntry(command);
  show((transcript) => addEntry(transcript, entry));
  const result = await runUserCommand({
    ...request,
    onOutput: (delta) => show((transcript) => growCommand(transcript, entry.id, delta)),
  });
  show((transcript) => finishCommand(transcript, entry.id, result));
  return { type: "text", text: commandText(command, result) };
}
