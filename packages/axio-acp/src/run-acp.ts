import { Console } from "node:console";
import { Readable, Writable } from "node:stream";
import { ndJsonStream } from "@agentclientprotocol/sdk";
import type { CliIo } from "axio-cli";
import { Command, EXIT, escapeLine, runProgram } from "axio-cli/internal";
import { openSessions } from "axio-context-sqlite";
import { openCommandSettings, type WorkspaceIo } from "axio-tui/internal";
import { createAcpAgent } from "./acp-agent.ts";
import { signInInTerminal } from "./sign-in/sign-in.ts";

/** The parts of the process that the agent uses. */
export type AcpIo = CliIo & WorkspaceIo;

/**
 * Runs the agent over standard input and output until the editor closes them, or signs in. Never throws.
 *
 * @param argv The arguments after the program's name.
 * @returns The exit code.
 */
export async function runAcp(argv: readonly string[], io: AcpIo): Promise<number> {
  const program = createProgram(io.version);
  return runProgram(program, argv, io, async ({ err }) => {
    const { settings, mistakes } = await openCommandSettings();
    for (const { message } of mistakes) await err.line(escapeLine(message));
    const { login } = program.opts<{ readonly login?: string }>();
    if (login !== undefined) return await signInInTerminal(login, { io, cwd: io.cwd, settings }, io);
    return await serve(io, settings);
  });
}

async function serve(
  io: AcpIo,
  settings: Awaited<ReturnType<typeof openCommandSettings>>["settings"],
): Promise<number> {
  // Only messages of the protocol may be written to standard output.
  globalThis.console = new Console({ stdout: io.stderr, stderr: io.stderr });
  await using database = await openSessions();
  const log = (line: string): void => {
    io.stderr.write(`${escapeLine(line)}\n`);
  };
  const { app, close } = createAcpAgent({ io, cwd: io.cwd, settings, database, log });
  const stream = ndJsonStream(
    Writable.toWeb(io.stdout),
    Readable.toWeb(io.stdin) as ReadableStream<Uint8Array>,
  );
  const connection = app.connect(stream);
  const stop = (): void => connection.close();
  io.signal.addEventListener("abort", stop, { once: true });
  await connection.closed;
  await close();
  return io.signal.aborted ? EXIT.interrupted : EXIT.ok;
}

function createProgram(version: string): Command {
  return new Command("axio-acp")
    .description(
      "axio's agent for editors. The editor starts it and speaks the Agent Client Protocol with it.",
    )
    .usage("[options]")
    .version(version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .option("--login <provider>", "sign in to a provider in this terminal");
}
