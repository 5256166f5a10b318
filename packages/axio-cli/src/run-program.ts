import type { Command } from "commander";
import { exitCodeOf } from "./error-exit-code.ts";
import { EXIT } from "./exit-codes.ts";
import type { CliIo } from "./io.ts";
import { type Output, openOutput } from "./output.ts";
import { configureHelp, helpFooter, parseArguments } from "./parse-arguments.ts";
import { escapeLine } from "./text/terminal-text.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs a program without commands: shows its help or version if the arguments ask for it, and errors on standard error. Never
 * throws.
 *
 * @param argv The arguments after the program's name.
 * @param run Does the work, and returns the exit code. Gets the outputs for the user.
 * @returns The exit code.
 */
export async function runProgram(
  program: Command,
  argv: readonly string[],
  io: CliIo,
  run: (outputs: { readonly out: Output; readonly err: Output }) => Promise<number>,
): Promise<number> {
  const out = openOutput(io.stdout, io.env, false);
  const err = openOutput(io.stderr, io.env, true);
  try {
    configureHelp(program, out);
    program.addHelpText("after", () => `\n${helpFooter(out)}`);
    const requested = parseArguments(program, argv, { out, err });
    if (requested === undefined) return await run({ out, err });
    await out.write(requested.text);
    return EXIT.ok;
  } catch (error) {
    const lines = error instanceof UsageError ? [error.message, error.advice] : [String(error)];
    for (const line of lines) await err.line(escapeLine(line));
    return exitCodeOf(error);
  }
}
