import { Console } from "node:console";
import { once } from "node:events";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { CliIo } from "axio-cli";
import { Command, EXIT, escapeLine, runProgram } from "axio-cli/internal";
import { openSessions } from "axio-context-sqlite";
import { openCommandSettings, type WorkspaceIo } from "axio-tui/internal";
import { createMcpServer } from "./mcp-server.ts";

/** The parts of the process that the server uses. */
export type McpServerIo = CliIo & WorkspaceIo;

/**
 * Serves MCP over standard input and output until the client closes them. Never throws.
 *
 * @param argv The arguments after the program's name.
 * @returns The exit code.
 */
export async function runMcpServer(argv: readonly string[], io: McpServerIo): Promise<number> {
  const program = createProgram(io.version);
  return runProgram(program, argv, io, async ({ err }) => {
    const { settings, mistakes } = await openCommandSettings();
    for (const { message } of mistakes) await err.line(escapeLine(message));
    // Only messages of the protocol may be written to standard output.
    globalThis.console = new Console({ stdout: io.stderr, stderr: io.stderr });
    await using database = await openSessions();
    const allowsChanges = program.opts<{ readonly allowChanges?: true }>().allowChanges === true;
    const server = createMcpServer({ io, cwd: io.cwd, settings, database, allowsChanges });
    await server.connect(new StdioServerTransport(io.stdin, io.stdout));
    await Promise.race([once(io.stdin, "end"), once(io.stdin, "close"), once(io.signal, "abort")]);
    await server.close();
    return io.signal.aborted ? EXIT.interrupted : EXIT.ok;
  });
}

function createProgram(version: string): Command {
  return new Command("axio-mcp-server")
    .description("axio's agent as an MCP server: other agents ask it. They start it and speak MCP with it.")
    .usage("[options]")
    .version(version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .option("--allow-changes", "give the agent all tools, as far as your permission rules allow");
}
