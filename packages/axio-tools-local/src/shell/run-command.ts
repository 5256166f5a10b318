import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { toolError } from "../tool-error.ts";
import { ControlFilter } from "./control-filter.ts";
import { killOnExit, terminateGroup } from "./process-group.ts";

/** Options of {@link runCommand}. */
export interface CommandOptions {
  /** The shell, and its arguments before the command. */
  readonly shell: readonly [program: string, ...args: string[]];
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called with output as it arrives, without control sequences. */
  readonly onOutput: (text: string) => void;
}

/** How a command ended. */
export type CommandEnd =
  | { readonly type: "exit"; readonly code: number }
  | { readonly type: "signal"; readonly signal: NodeJS.Signals }
  | { readonly type: "timeout" }
  | { readonly type: "aborted" };

type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

// How long to wait for output after the command has exited, for example from a `tee`.
const FINAL_OUTPUT_MS = 200;

/**
 * Runs a command in its own process group, without input. Terminates all processes of the group when the command exits, times
 * out or is aborted.
 */
export async function runCommand(command: string, options: CommandOptions): Promise<CommandEnd> {
  const { shell, directory, env, timeoutMs, signal, onOutput } = options;
  const [program, ...args] = shell;
  const child = spawn(program, [...args, command], {
    cwd: directory,
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  // Neither event is emitted twice: listen before the first `await`.
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(toolError(`The shell ${program} could not be started in ${directory}.`, cause)),
    );
    child.once("exit", (code, exitSignal) => resolve({ code, signal: exitSignal }));
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  readOutput(child, onOutput);
  const { pid } = child;
  if (pid === undefined) {
    await exit;
    throw toolError(`The shell ${program} could not be started.`);
  }
  const release = killOnExit(pid);
  try {
    const stopped = await firstOf(exit, timeoutMs, signal);
    if (stopped === undefined) await waitForFinalOutput(closed);
    await terminateGroup(pid);
    const { code, signal: exitSignal } = await exit;
    // A process that has left the group may keep the pipes open.
    await waitForFinalOutput(closed);
    if (stopped !== undefined) return { type: stopped };
    return exitSignal === null ? { type: "exit", code: code ?? 0 } : { type: "signal", signal: exitSignal };
  } finally {
    release();
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function readOutput(
  child: ChildProcessByStdio<null, Readable, Readable>,
  onOutput: (text: string) => void,
): void {
  for (const stream of [child.stdout, child.stderr]) {
    const filter = new ControlFilter();
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const text = filter.filter(chunk);
      if (text !== "") onOutput(text);
    });
    // A broken pipe ends the output.
    stream.on("error", () => undefined);
  }
}

async function firstOf(
  exit: Promise<Exit>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<"timeout" | "aborted" | undefined> {
  const done = new AbortController();
  const timeout = AbortSignal.any([done.signal, signal]);
  try {
    return await Promise.race([
      exit.then(() => undefined),
      wait(timeoutMs, undefined, { signal: timeout }).then(
        () => "timeout" as const,
        () => "aborted" as const,
      ),
    ]);
  } finally {
    done.abort();
  }
}

async function waitForFinalOutput(closed: Promise<void>): Promise<void> {
  const done = new AbortController();
  await Promise.race([
    closed,
    wait(FINAL_OUTPUT_MS, undefined, { signal: done.signal }).catch(() => undefined),
  ]);
  done.abort();
}
