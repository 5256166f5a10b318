import { type ChildProcess, execFile, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Measurement, MeasureOrder } from "./measure-client.ts";

/** The environment without proxies and certificates, which not all clients support. */
export const PLAIN_ENVIRONMENT: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(https?_proxy|all_proxy|no_proxy|node_extra_ca_certs|node_options|ssl_cert_file)$/i.test(name),
  ),
);

/** A server in its own process. */
export interface RunningServer {
  readonly origin: string;
  /** Stops the process. */
  stop(): void;
}

/** Starts the server. It stops when this process exits. */
export async function startServer(): Promise<RunningServer> {
  const server = fork(script("./server.js"));
  const port = await messageOf<number>(server, 10_000);
  return { origin: `http://127.0.0.1:${port}`, stop: () => server.disconnect() };
}

/**
 * Measures one client in a fresh process. Stops it after the timeout and returns `undefined`.
 *
 * @param execPath The Node program. Default: that of this process.
 */
export async function measure(
  order: MeasureOrder,
  timeoutMs: number,
  execPath: string = process.execPath,
): Promise<Measurement | undefined> {
  const child = fork(script("./measure-client.js"), [JSON.stringify(order)], {
    env: PLAIN_ENVIRONMENT,
    execPath,
  });
  try {
    return await messageOf<Measurement>(child, timeoutMs);
  } catch (error) {
    if (error instanceof TimeoutError) return undefined;
    throw new Error(`${order.client} could not be measured.`, { cause: error });
  } finally {
    child.kill("SIGKILL");
  }
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

class TimeoutError extends Error {}

function messageOf<T>(child: ChildProcess, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError()), timeoutMs);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    child.once("message", (message) => settle(() => resolve(message as T)));
    child.once("error", (error) => settle(() => reject(error)));
    child.once("exit", (code, signal) =>
      settle(() => reject(new Error(`The process ended early (${signal ?? `exit code ${code}`}).`))),
    );
  });
}

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
