import type { Outputs } from "./command-context.ts";
import { type ChosenCommand, createProgram } from "./create-program.ts";
import { EXIT } from "./exit-codes.ts";
import type { CliIo } from "./io.ts";
import type { CliOptions } from "./options.ts";
import { isClosedPipe, openOutput } from "./output.ts";
import { parseArguments } from "./parse-arguments.ts";

/**
 * Runs the command line of a provider. Never throws.
 *
 * @param argv The arguments after the program's name.
 * @returns The exit code.
 */
export async function runCommandLine(cli: CliOptions, argv: readonly string[], io: CliIo): Promise<number> {
  const out = openOutput(io.stdout, io.env, false);
  const err = openOutput(io.stderr, io.env, true);
  let stopWatching = (): void => undefined;
  try {
    stopWatching = await watchDiagnostics(io.env["DEBUG"], err);
    return await run(cli, argv, { io, out, err });
  } catch (error) {
    // The reader has enough (`| head`).
    if (isClosedPipe(error)) return EXIT.ok;
    const [{ reportError }, { exitCodeOf }] = await Promise.all([
      import("./report-error.ts"),
      import("./error-exit-code.ts"),
    ]);
    // If even this cannot be written, the exit code remains.
    return reportError(error, { program: cli.name, argv, io, out, err }).catch(() => exitCodeOf(error));
  } finally {
    stopWatching();
  }
}

/** Loaded on demand, because it loads the transport's packages. */
async function watchDiagnostics(debug: string | undefined, err: Outputs["err"]): Promise<() => void> {
  return debug ? (await import("./debug.ts")).watchDiagnostics(debug, err) : () => undefined;
}

async function run(
  cli: CliOptions,
  argv: readonly string[],
  { io, out, err }: Outputs & { readonly io: CliIo },
): Promise<number> {
  const chosen: ChosenCommand[] = [];
  const program = createProgram(cli, out, (command) => chosen.push(command));
  const requested = parseArguments(program, argv, { out, err });
  if (requested !== undefined) {
    await (requested.exitCode === EXIT.ok ? out : err).write(requested.text);
    return requested.exitCode;
  }
  const [command] = chosen;
  if (command === undefined) return EXIT.usage;
  const runCommand = await command.load();
  return runCommand({ cli, args: command.args, io, out, err });
}
