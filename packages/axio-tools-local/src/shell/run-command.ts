import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { toolError } from "../tool-error.ts";
import { moveAway } from "./git-guard.ts";
import type { Launch } from "./launcher.ts";
import { markedProcesses } from "./marked-processes.ts";
import { isGroupRunning, killOnExit, terminateGroup } from "./process-group.ts";
import { SandboxReport } from "./sandbox-report.ts";

/** Options of {@link runCommand}. */
export interface CommandOptions {
  /** Default: no timeout. */
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
  /** Returns the function that gets the output of one pipe as it arrives. */
  readonly pipe: () => (chunk: string) => void;
}

/** How a command ended. */
export type CommandEnd =
  | { readonly type: "exit"; readonly code: number }
  | { readonly type: "signal"; readonly signal: NodeJS.Signals }
  | { readonly type: "timeout" }
  | { readonly type: "aborted" };

/** The end of a command. */
export interface CommandResult {
  readonly end: CommandEnd;
  /** The names of the processes that it left behind, and that were ended with it. `"?"` if they are not known. */
  readonly leftBehind: readonly string[];
  /** The paths that it made although the sandbox forbids that, with their new names. */
  readonly movedAway: ReturnType<typeof moveAway>;
}

type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

// How long to wait for output after the command has exited, for example from a `tee`.
const FINAL_OUTPUT_MS = 200;

/**
 * Runs a command in its own process group, without input. Terminates all its processes when it exits, times out or is aborted.
 */
export async function runCommand(launch: Launch, options: CommandOptions): Promise<CommandResult> {
  let movedAway: CommandResult["movedAway"] = [];
  let result: Omit<CommandResult, "movedAway">;
  try {
    result = await runProcesses(launch, options);
  } finally {
    movedAway = moveAway(launch.mustStayMissing);
  }
  return { ...result, movedAway };
}

async function runProcesses(
  launch: Launch,
  options: CommandOptions,
): Promise<Omit<CommandResult, "movedAway">> {
  const { program, args, env, directory, isSupervised, mark } = launch;
  const { timeoutMs, signal, pipe } = options;
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe", ...(isSupervised ? (["pipe", "pipe"] as const) : [])],
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
  const report = isSupervised ? new SandboxReport(child) : undefined;
  readOutput(child, pipe);
  const { pid } = child;
  if (pid === undefined) {
    await exit;
    throw toolError(`The shell ${program} could not be started.`);
  }
  const release = killOnExit(pid, mark);
  try {
    const stopped = await firstOf(exit, timeoutMs, signal);
    if (stopped === undefined) await waitForFinalOutput(closed);
    const leftBehind = stopped === undefined && report === undefined ? leftProcesses(pid, mark) : [];
    if (stopped !== undefined) await report?.terminate(exit);
    await terminateGroup(pid, mark);
    const ended = await exit;
    // A process that has left the group may keep the pipes open.
    await waitForFinalOutput(closed);
    if (stopped !== undefined) return { end: { type: stopped }, leftBehind: [] };
    report?.assertStarted();
    return { end: toEnd(ended, isSupervised), leftBehind: report?.leftBehind ?? leftBehind };
  } finally {
    release();
    for (const stream of child.stdio) stream?.destroy();
  }
}

/** A supervised command that was ended by a signal has the exit code of a shell. */
function toEnd({ code, signal }: Exit, isSupervised: boolean): CommandEnd {
  if (signal !== null) return { type: "signal", signal };
  const number = (code ?? 0) - 128;
  const [name] =
    Object.entries(constants.signals).find(([, value]) => isSupervised && value === number) ?? [];
  return name === undefined
    ? { type: "exit", code: code ?? 0 }
    : { type: "signal", signal: name as NodeJS.Signals };
}

function leftProcesses(pid: number, mark: string | undefined): readonly string[] {
  // Not the group, which may consist of processes that have ended.
  if (process.platform === "linux" && mark !== undefined)
    return markedProcesses(mark).map(({ name }) => name);
  return isGroupRunning(pid) ? ["?"] : [];
}

function readOutput({ stdout, stderr }: ChildProcess, pipe: CommandOptions["pipe"]): void {
  for (const stream of [stdout, stderr] as readonly (Readable | null)[]) {
    if (stream === null) continue;
    stream.setEncoding("utf8");
    stream.on("data", pipe());
    // A broken pipe ends the output.
    stream.on("error", () => undefined);
  }
}

async function firstOf(
  exit: Promise<Exit>,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<"timeout" | "aborted" | undefined> {
  const done = new AbortController();
  const follow = AbortSignal.any([done.signal, signal]);
  const aborted = new Promise<"aborted">((resolve) => {
    if (follow.aborted) resolve("aborted");
    follow.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
  const timeout =
    timeoutMs === undefined
      ? []
      : [wait(timeoutMs, "timeout" as const, { signal: follow }).catch(() => "aborted" as const)];
  try {
    return await Promise.race([exit.then(() => undefined), aborted, ...timeout]);
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
