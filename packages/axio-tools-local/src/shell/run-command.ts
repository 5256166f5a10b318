import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { refusal } from "../local-error.ts";
import { ControlFilter } from "./control-filter.ts";
import { endGroup, endWithThisProcess } from "./process-group.ts";

/** A command, and what it runs in. */
export interface CommandOptions {
  /** The program that understands the command, and the arguments before it. */
  readonly shell: readonly [program: string, ...before: string[]];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Gets the output as it comes, without control sequences. */
  readonly onText: (text: string) => void;
}

/** How a command ended. */
export type CommandEnd =
  | { readonly type: "exit"; readonly code: number }
  | { readonly type: "signal"; readonly signal: NodeJS.Signals }
  | { readonly type: "timeout" }
  | { readonly type: "aborted" };

type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

// How long output may still come after the command has ended, from a `tee` for one.
const LAST_OUTPUT_MS = 200;

/**
 * Runs a command in a process group of its own, without input. When it has ended, was stopped or took too long, all
 * processes of the group end.
 */
export async function runCommand(command: string, options: CommandOptions): Promise<CommandEnd> {
  const { shell, folder, env, timeoutMs, signal, onText } = options;
  const [program, ...before] = shell;
  const child = spawn(program, [...before, command], {
    cwd: folder,
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  // Listened to before anything is awaited: neither event comes twice.
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(refusal(`The shell ${program} could not be started in ${folder}.`, cause)),
    );
    child.once("exit", (code, exitSignal) => resolve({ code, signal: exitSignal }));
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  readOutput(child, onText);
  const { pid } = child;
  if (pid === undefined) {
    await exit;
    throw refusal(`The shell ${program} could not be started.`);
  }
  const release = endWithThisProcess(pid);
  try {
    const stopped = await firstOf(exit, timeoutMs, signal);
    if (stopped === undefined) await withinLastOutput(closed);
    await endGroup(pid);
    const { code, signal: exitSignal } = await exit;
    // What has left the group may hold the pipes open.
    await withinLastOutput(closed);
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
  onText: (text: string) => void,
): void {
  for (const stream of [child.stdout, child.stderr]) {
    const filter = new ControlFilter();
    stream.setEncoding("utf8");
    stream.on("data", (piece: string) => {
      const text = filter.filter(piece);
      if (text !== "") onText(text);
    });
    // A pipe that breaks is the end of the output.
    stream.on("error", () => undefined);
  }
}

async function firstOf(
  exit: Promise<Exit>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<"timeout" | "aborted" | undefined> {
  const over = new AbortController();
  const timeout = AbortSignal.any([over.signal, signal]);
  try {
    return await Promise.race([
      exit.then(() => undefined),
      wait(timeoutMs, undefined, { signal: timeout }).then(
        () => "timeout" as const,
        () => "aborted" as const,
      ),
    ]);
  } finally {
    over.abort();
  }
}

async function withinLastOutput(closed: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([
    closed,
    wait(LAST_OUTPUT_MS, undefined, { signal: over.signal }).catch(() => undefined),
  ]);
  over.abort();
}
