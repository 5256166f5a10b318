import type { CommandContext } from "./command.ts";

/** Runs `!command` in the shell, unless something else is in progress. */
export async function runTypedCommand(context: CommandContext, text: string): Promise<void> {
  const command = text.slice(1).trim();
  if (command === "") {
    context.hint("Write a command after the exclamation mark: !npm test");
    return;
  }
  if (context.conversation.state.phase === "idle") {
    await context.conversation.runCommand(command);
    return;
  }
  context.fillPrompt(text);
  context.hint("Commands run between runs. Esc stops the run.");
}
