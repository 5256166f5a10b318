import { dirname, join } from "node:path";
import { AxioError } from "axio";
import { defaultCredentialsPath } from "axio-auth";
import {
  type CliIo,
  EXIT,
  escapeLine,
  exitCodeOf,
  type Output,
  openOutput,
  parseArguments,
  UsageError,
} from "axio-cli/internal";
import { KeyFile } from "../access/key-file.ts";
import { type Chosen, createProgram } from "./create-program.ts";
import { createKeyCommand, listKeysCommand, revokeKeyCommand } from "./key-commands.ts";
import { serveCommand } from "./serve-command.ts";

/** Runs the command line. Never throws. Returns the exit code. */
export async function runGateway(argv: readonly string[], io: CliIo): Promise<number> {
  const out = openOutput(io.stdout, io.env, false);
  const err = openOutput(io.stderr, io.env, true);
  try {
    return await run(argv, { io, out, err });
  } catch (error) {
    await err.line(describe(error));
    return exitCodeOf(error);
  }
}

async function run(
  argv: readonly string[],
  outputs: { readonly io: CliIo; readonly out: Output; readonly err: Output },
): Promise<number> {
  const { io, out, err } = outputs;
  const chosen: Chosen[] = [];
  const program = createProgram(out, (command) => chosen.push(command));
  const requested = parseArguments(program, argv, { out, err });
  if (requested !== undefined) {
    await (requested.exitCode === EXIT.ok ? out : err).write(requested.text);
    return requested.exitCode;
  }
  const [command] = chosen;
  const file = new KeyFile(
    join(dirname(defaultCredentialsPath("gateway", { env: io.env })), "gateway-keys.json"),
  );
  switch (command?.command) {
    case "serve":
      await serveCommand(command.args, file, outputs);
      return EXIT.ok;
    case "create-key":
      await createKeyCommand(command.args, file, out);
      return EXIT.ok;
    case "list-keys":
      await listKeysCommand(command.args, file, out);
      return EXIT.ok;
    case "revoke-key":
      await revokeKeyCommand(command.args, file, out);
      return EXIT.ok;
    default:
      return EXIT.usage;
  }
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return `${error.message} ${error.advice}`;
  if (AxioError.is(error)) return escapeLine(error.message);
  if ((error as NodeJS.ErrnoException | undefined)?.code === "EADDRINUSE")
    return "The port is in use. Choose another one with --port, or --port 0 for any.";
  return escapeLine(`The gateway failed: ${error instanceof Error ? error.message : String(error)}`);
}
