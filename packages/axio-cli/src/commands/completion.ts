import type { CommandContext } from "../command-context.ts";
import { type CompletedCommand, completionScript, SHELLS } from "../completion.ts";
import { EXIT } from "../exit-codes.ts";
import { UsageError } from "../usage-error.ts";

/** Runs the command `completion`, for the given commands. */
export async function runCompletion(
  { args, cli, out }: CommandContext,
  commands: readonly CompletedCommand[],
): Promise<number> {
  const [word] = args.words;
  const shell = SHELLS.find((each) => each === word);
  if (shell === undefined)
    throw new UsageError(
      word === undefined ? "The shell is missing." : `There is no completion for ${JSON.stringify(word)}.`,
      `Shells: ${SHELLS.join(", ")}. For example: ${cli.name} completion bash`,
    );
  await out.write(completionScript(shell, { name: cli.name, commands }));
  return EXIT.ok;
}
