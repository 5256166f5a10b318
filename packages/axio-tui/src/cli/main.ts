import { AxioError } from "axio";
import { EXIT, escapeLine, exitCodeOf, isClosedPipe, openOutput, UsageError } from "axio-cli/internal";
import type { AppIo, CommandContext } from "../host/io.ts";
import type { Screens } from "./chat-command.ts";
import { readArguments } from "./read-arguments.ts";

/**
 * Runs the command `axio`. Never throws.
 *
 * @param argv The arguments after the program's name.
 * @returns The exit code.
 */
export async function runCli(argv: readonly string[], io: AppIo, screens: Screens): Promise<number> {
  const out = openOutput(io.stdout, io.env, false);
  const err = openOutput(io.stderr, io.env, true);
  try {
    return await dispatch(argv, { io, out, err }, screens);
  } catch (error) {
    // The reader has enough (`| head`).
    if (isClosedPipe(error)) return EXIT.ok;
    if (io.signal.aborted || AxioError.is(error, "aborted")) return EXIT.interrupted;
    for (const line of describe(error)) await err.line(escapeLine(line));
    if (io.env["AXIO_DEBUG"] && error instanceof Error) await err.line(error.stack);
    return exitCodeOf(error);
  }
}

async function dispatch(argv: readonly string[], context: CommandContext, screens: Screens): Promise<number> {
  const invocation = readArguments(argv, context.io.version, context);
  switch (invocation.command) {
    case "print":
      await context.out.write(invocation.text);
      return EXIT.ok;
    case "plugins":
      return (await import("./plugins-command.ts")).runPlugins(invocation, context);
    case "trust":
      return (await import("./trust-command.ts")).runTrust(invocation, context);
    case "sessions":
      return (await import("./sessions-command.ts")).runSessions(invocation, context);
    case "runs":
      return (await import("./runs-command.ts")).runRuns(invocation, context);
    case "rpc":
      return (await import("./rpc-command.ts")).runRpc(context);
    case "chat":
      return (await import("./chat-command.ts")).runChat(invocation, context, screens);
  }
}

function describe(error: unknown): readonly string[] {
  if (error instanceof UsageError) return [error.message, error.advice];
  if (AxioError.is(error)) return [error.message];
  return [`An unexpected error occurred: ${error instanceof Error ? error.message : String(error)}`];
}
