import type { BearerCredentials } from "../credentials.ts";
import { parseCommandArgs, wantsJson } from "./args.ts";
import { type Channel, isClosedPipe, openChannel } from "./channel.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { commandHelp, generalHelp } from "./help.ts";
import type { CliIo } from "./io.ts";
import type { CliProgram } from "./program.ts";
import { nearest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs a command line. Never throws.
 *
 * @param argv What stands after the program's name.
 * @returns The exit code.
 */
export async function runCommandLine<C extends BearerCredentials>(
  program: CliProgram<C>,
  argv: readonly string[],
  io: CliIo,
): Promise<number> {
  const out = openChannel(io.stdout, io.env, false);
  const err = openChannel(io.stderr, io.env, true);
  const stopWatching = await watch(io.env["DEBUG"], err);
  try {
    return await dispatch(program, argv, { io, out, err });
  } catch (error) {
    // Whoever read our output has enough (`| head`): no fault of anybody.
    if (isClosedPipe(error)) return EXIT.ok;
    const { exitCodeOf, reportError } = await import("./report-error.ts");
    // Where even this cannot be written, the exit code is all that is left to say.
    return reportError(error, { program: program.name, argv, json: wantsJson(argv), io, out, err }).catch(
      () => exitCodeOf(error),
    );
  } finally {
    stopWatching();
  }
}

/** Loaded where it is asked for: it brings the transport's packages along. */
async function watch(debug: string | undefined, err: Channel): Promise<() => void> {
  if (!debug) return () => undefined;
  const { watchDiagnostics } = await import("./debug.ts");
  return watchDiagnostics(debug, err);
}

async function dispatch<C extends BearerCredentials>(
  program: CliProgram<C>,
  argv: readonly string[],
  ends: { readonly io: CliIo; readonly out: Channel; readonly err: Channel },
): Promise<number> {
  const { out, err } = ends;
  const [first, ...rest] = argv;
  switch (first) {
    case undefined:
      await err.write(generalHelp(program, err));
      return EXIT.usage;
    case "--version":
    case "-V":
      await out.line(program.version);
      return EXIT.ok;
    case "--help":
    case "-h":
    case "help": {
      const [topic] = rest;
      await out.write(
        topic === undefined
          ? generalHelp(program, out)
          : commandHelp(program.name, find(program, topic), out),
      );
      return EXIT.ok;
    }
    default: {
      const command = find(program, first);
      const args = parseCommandArgs(program.name, command, rest);
      if (args.flag("help")) {
        await out.write(commandHelp(program.name, command, out));
        return EXIT.ok;
      }
      const run = await command.load();
      return await run({ program, args, ...ends });
    }
  }
}

function find<C extends BearerCredentials>(
  { name: program, commands }: CliProgram<C>,
  name: string,
): CommandSpec<C> {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const names = commands.map((candidate) => candidate.name);
  if (name.startsWith("-"))
    throw new UsageError(
      `The option ${JSON.stringify(name)} stands before any command.`,
      `The command comes first: ${program} COMMAND ${name}. Commands: ${names.join(", ")}.`,
    );
  const near = nearest(name, names);
  throw new UsageError(
    `There is no command ${JSON.stringify(name)}.`,
    near === undefined ? `Commands: ${names.join(", ")}.` : `Did you mean: ${program} ${near}`,
  );
}
