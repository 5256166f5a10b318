import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AskedProcess } from "./asked-process.ts";
import { PLAIN_ENVIRONMENT } from "./environment.ts";

/** A server in its own process. */
export interface RunningServer {
  readonly origin: string;
  /** Stops the process. */
  stop(): void;
}

/**
 * Starts the server. It stops when this process exits.
 *
 * @param execPath The Node program. Default: that of this process.
 */
export async function startServer(execPath?: string): Promise<RunningServer> {
  const script = fileURLToPath(new URL("./server.js", import.meta.url));
  const server = new AskedProcess<number>({ name: "The server", script, order: {}, execPath });
  const port = await server.next(10_000);
  return { origin: `http://127.0.0.1:${port}`, stop: () => server.stop() };
}

/** Runs a Node script to its end, in the same environment as the clients. */
export async function runNode(args: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(process.execPath, args, { cwd, timeout: 60_000, env: PLAIN_ENVIRONMENT });
}

/** Runs a program to its end and returns its stdout. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    cwd,
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
