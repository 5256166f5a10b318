import type { ChildProcess } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import {
  type JSONRPCMessage,
  ReadBuffer,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import { endGroup, endWithThisProcess } from "axio-tools-local/process-group";
import spawn from "cross-spawn";
import type { StdioServerConfig } from "./server-config.ts";

const KEPT_STDERR = 2_000;
const MAX_MESSAGE_BYTES = 50_000_000;
// How long a server gets to end by itself once its input is closed.
const PATIENCE_MS = 2_000;
// How long its last words may take once it has ended.
const LAST_OUTPUT_MS = 200;
// What programs need and no secret is kept in. A server gets nothing else unless its config says so.
const INHERITED = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "TERM",
  "LANG",
  "TMPDIR",
  "APPDATA",
  "LOCALAPPDATA",
  "HOMEDRIVE",
  "HOMEPATH",
  "PROCESSOR_ARCHITECTURE",
  "PROGRAMFILES",
  "SYSTEMDRIVE",
  "SYSTEMROOT",
  "TEMP",
  "USERNAME",
  "USERPROFILE",
] as const;

/**
 * Speaks with a server that runs here. Unlike the SDK's, it starts the server in a process group of its own, so that what
 * it starts, `npx` for one, ends with it.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #config: StdioServerConfig;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #buffer = new ReadBuffer({ maxBufferSize: MAX_MESSAGE_BYTES });
  #child: ChildProcess | undefined;
  #ended: Promise<void> | undefined;
  #stderr = "";

  constructor(config: StdioServerConfig, env: Readonly<Record<string, string | undefined>>) {
    this.#config = config;
    this.#env = env;
  }

  /** The last that the server has written for people. */
  get stderr(): string {
    return this.#stderr;
  }

  start(): Promise<void> {
    const { command, args = [], env, cwd } = this.#config;
    const child = spawn(command, [...args], {
      env: { ...pick(this.#env, INHERITED), ...env },
      ...(cwd !== undefined && { cwd }),
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.#child = child;
    return new Promise((resolve, reject) => {
      child.once("spawn", () => {
        this.#ended = this.#watch(child);
        resolve();
      });
      child.once("error", (error) => {
        reject(error);
        this.onclose?.();
      });
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (stdin?.writable !== true) return Promise.reject(new Error("The server does not run."));
    return new Promise((resolve, reject) => {
      stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined || this.#ended === undefined) return;
    child.stdin?.end();
    await within(this.#ended, PATIENCE_MS);
    if (child.pid !== undefined) await endGroup(child.pid);
    await this.#ended;
  }

  /** Reads what the server writes; ends when it has ended, with all that it started. */
  async #watch(child: ChildProcess): Promise<void> {
    const { pid, stdin, stdout, stderr } = child;
    const release = pid === undefined ? (): void => undefined : endWithThisProcess(pid);
    stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    // A server that ends while it is written to. That it has ended is told below.
    for (const stream of [stdin, stdout, stderr]) stream?.on("error", () => undefined);
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    await new Promise<void>((resolve) => child.once("exit", () => resolve()));
    if (pid !== undefined) await endGroup(pid);
    await within(closed, LAST_OUTPUT_MS);
    release();
    for (const stream of [stdin, stdout, stderr]) stream?.destroy();
    this.onclose?.();
  }

  #read(chunk: Buffer): void {
    try {
      this.#buffer.append(chunk);
    } catch (error) {
      // A message that is too large. Where the next one begins is not to be known.
      this.onerror?.(error as Error);
      this.#child?.kill();
      return;
    }
    for (;;) {
      try {
        const message = this.#buffer.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        // What is no message, such as a log that went the wrong way.
        this.onerror?.(error as Error);
      }
    }
  }
}

async function within(ending: Promise<void>, milliseconds: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([ending, wait(milliseconds, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
}

function pick(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
