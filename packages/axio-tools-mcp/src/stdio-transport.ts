import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import {
  deserializeMessage,
  type JSONRPCMessage,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import { killOnExit, MARK_VARIABLE, terminateGroup } from "axio-tools-local/process-group";
import spawn from "cross-spawn";
import { LineBuffer } from "./line-buffer.ts";
import type { StdioServerConfig } from "./server-config.ts";

const MAX_STDERR_CHARACTERS = 2_000;
const MAX_MESSAGE_BYTES = 50_000_000;
// How long a server may take to exit after its input is closed.
const EXIT_TIMEOUT_MS = 2_000;
// How long to wait for output after the server has exited.
const FINAL_OUTPUT_MS = 200;
// The variables that programs need and that hold no secrets. A server gets no others unless its config adds them.
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
 * Communicates with a local server. Unlike the SDK's transport, it starts the server in its own process group, so that the
 * processes that it starts, for example through `npx`, are terminated with it, on Linux also those that leave the group.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #config: StdioServerConfig;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #lines = new LineBuffer(MAX_MESSAGE_BYTES);
  readonly #mark = randomUUID();
  #child: ChildProcess | undefined;
  #exited: Promise<void> | undefined;
  #stderr = "";

  constructor(config: StdioServerConfig, env: Readonly<Record<string, string | undefined>>) {
    this.#config = config;
    this.#env = env;
  }

  /** The end of the server's stderr. */
  get stderr(): string {
    return this.#stderr;
  }

  start(): Promise<void> {
    const { command, args = [], env, cwd } = this.#config;
    const child = spawn(command, [...args], {
      env: { ...pick(this.#env, INHERITED), ...env, [MARK_VARIABLE]: this.#mark },
      ...(cwd !== undefined && { cwd }),
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.#child = child;
    return new Promise((resolve, reject) => {
      child.once("spawn", () => {
        this.#exited = this.#watch(child);
        resolve();
      });
      child.once("error", (error) => {
        reject(error);
        this.onclose?.();
      });
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (stdin?.writable !== true) throw new Error("The server is not running.");
    try {
      await new Promise<void>((resolve, reject) => {
        stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      // It has exited, or is about to: `onclose` reports that, with its last output, and this error would say less.
      await waitAtMost(this.#exited ?? Promise.resolve(), EXIT_TIMEOUT_MS);
      throw error;
    }
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined || this.#exited === undefined) return;
    child.stdin?.end();
    await waitAtMost(this.#exited, EXIT_TIMEOUT_MS);
    if (child.pid !== undefined) await terminateGroup(child.pid, this.#mark);
    await this.#exited;
  }

  /** Reads the server's output. Resolves when the server and all its processes have exited. */
  async #watch(child: ChildProcess): Promise<void> {
    const { pid, stdin, stdout, stderr } = child;
    const release = pid === undefined ? (): void => undefined : killOnExit(pid, this.#mark);
    stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_CHARACTERS);
    });
    // A write to a server that has exited fails; `exit` is handled below.
    for (const stream of [stdin, stdout, stderr]) stream?.on("error", () => undefined);
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    await new Promise<void>((resolve) => child.once("exit", () => resolve()));
    if (pid !== undefined) await terminateGroup(pid, this.#mark);
    await waitAtMost(closed, FINAL_OUTPUT_MS);
    release();
    for (const stream of [stdin, stdout, stderr]) stream?.destroy();
    this.onclose?.();
  }

  #read(chunk: Buffer): void {
    let lines: readonly string[];
    try {
      lines = this.#lines.add(chunk);
    } catch (error) {
      // The rest of the message would be taken for others.
      this.onerror?.(error as Error);
      this.#child?.kill();
      return;
    }
    for (const line of lines) {
      try {
        this.onmessage?.(deserializeMessage(line));
      } catch (error) {
        // Not a message, for example a log line on stdout.
        this.onerror?.(error as Error);
      }
    }
  }
}

async function waitAtMost(promise: Promise<void>, timeoutMs: number): Promise<void> {
  const done = new AbortController();
  await Promise.race([promise, wait(timeoutMs, undefined, { signal: done.signal }).catch(() => undefined)]);
  done.abort();
}

function pick(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
