import { AxioError } from "axio";
import { readArgs, UsageError } from "./args.ts";
import type { Screens } from "./chat-command.ts";
import { cleanLine } from "./clean-line.ts";
import { EXIT } from "./exit-codes.ts";
import { HELP } from "./help.ts";
import { type CliIo, write } from "./io.ts";

/**
 * Runs the command `axio`. Never throws.
 *
 * @param argv What stands after the program's name.
 * @returns The exit code.
 */
export async function runCli(argv: readonly string[], io: CliIo, screens: Screens): Promise<number> {
  try {
    return await dispatch(argv, io, screens);
  } catch (error) {
    if (io.signal.aborted || AxioError.is(error, "aborted")) return EXIT.interrupted;
    await tell(error, io);
    return error instanceof UsageError || AxioError.is(error, "invalid-argument") ? EXIT.usage : EXIT.failed;
  }
}

async function dispatch(argv: readonly string[], io: CliIo, screens: Screens): Promise<number> {
  const invocation = readArgs(argv);
  switch (invocation.command) {
    case "help":
      await write(io.stdout, HELP);
      return EXIT.ok;
    case "version":
      await write(io.stdout, `${io.version}\n`);
      return EXIT.ok;
    case "plugins":
      return (await import("./plugins-command.ts")).runPlugins(invocation, io);
    case "sessions":
      return (await import("./sessions-command.ts")).runSessions(invocation, io);
    case "chat":
      return (await import("./chat-command.ts")).runChat(invocation, io, screens);
  }
}

async function tell(error: unknown, io: CliIo): Promise<void> {
  const lines =
    error instanceof UsageError
      ? [error.message, error.advice]
      : AxioError.is(error)
        ? [error.message]
        : [`This should not happen: ${error instanceof Error ? error.message : String(error)}`];
  await write(io.stderr, `${lines.map(cleanLine).join("\n")}\n`);
  if (io.env["AXIO_DEBUG"] && error instanceof Error) await write(io.stderr, `${error.stack ?? ""}\n`);
}
