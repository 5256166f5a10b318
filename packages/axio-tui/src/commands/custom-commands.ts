import { type CustomCommand, expandCommand } from "../trust/custom-command.ts";
import type { Command } from "./command.ts";

/** Returns custom commands as commands of the prompt. Of several with one name, the first is used. */
export function customCommands(commands: readonly CustomCommand[]): readonly Command[] {
  return commands
    .filter(({ name }, index) => commands.findIndex((other) => other.name === name) === index)
    .map((command) => ({
      name: command.name,
      description: `${command.description} (${command.origin === "user" ? "yours" : "this folder"})`,
      argument: command.argument,
      // Prompts wait for the end of a run.
      isAlwaysReady: true,
      // Only what the user typed names files to attach.
      run: (context, argument) => context.sendPrompt(expandCommand(command, argument), argument),
    }));
}
