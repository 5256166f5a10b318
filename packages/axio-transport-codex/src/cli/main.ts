import { VERSION } from "../config.ts";
import { parseCommandArgs, wantsJson } from "./args.ts";
import { type Channel, isClosedPipe, openChannel } from "./channel.ts";
import type { CommandSpec } from "./command.ts";
import { COMMANDS } from "./command-table.ts";
import { EXIT } from "./exit-codes.ts";
import { commandHelp, generalHelp } from "./help.ts";
import type { CliIo } from "./io.ts";
import { nearest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs the command line of `axio-codex`. Never throws.
 *
 * @param argv What stands after the program's name.
 * @returns The exit code.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const out = openChannel(io.stdout, io.env, false);
  const err = openChannel(io.stderr, io.env, true);
  const stopWatching = await watch(io.env["DEBUG"], err);
  try {
    return await dispatch(argv, io, out, err);
  } catch (error) {
    // Whoever read our output has enough (`| head`): no fault of anybody.
    if (isClosedPipe(error)) return EXIT.ok;
    const { exitCodeOf, reportError } = await import("./report-error.ts");
    // Where even this cannot be written, the exit code is all that is left to say.
    return reportError(error, { argv, json: wantsJson(argv), io, out, err }).catch(() => exitCodeOf(error));
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

async function dispatch(argv: readonly string[], io: CliIo, out: Channel, err: Channel): Promise<number> {
  const [first, ...rest] = argv;
  switch (first) {
    case undefined:
      await err.write(generalHelp(COMMANDS, err));
      return EXIT.usage;
    case "--version":
    case "-V":
      await out.line(VERSION);
      return EXIT.ok;
    case "--help":
    case "-h":
    case "help": {
      const [topic] = rest;
      await out.write(topic === undefined ? generalHelp(COMMANDS, out) : commandHelp(find(topic), out));
      return EXIT.ok;
    }
    default: {
      const command = find(first);
      const args = parseCommandArgs(command, rest);
      if (args.flag("help")) {
        await out.write(commandHelp(command, out));
        return EXIT.ok;
      }
      const run = await command.load();
      return await run({ args, io, out, err });
    }
  }
}

function find(name: string): CommandSpec {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((candidate) => candidate.name);
  if (name.startsWith("-"))
    throw new UsageError(
      `The option ${JSON.stringify(name)} stands before any command.`,
      `The command comes first: axio-codex COMMAND ${name}. Commands: ${names.join(", ")}.`,
    );
  const near = nearest(name, names);
  throw new UsageError(
    `There is no command ${JSON.stringify(name)}.`,
    near === undefined ? `Commands: ${names.join(", ")}.` : `Did you mean: axio-codex ${near}`,
  );
}
