import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { markedProcesses } from "./marked-processes.ts";

export { MARK_VARIABLE } from "./marked-processes.ts";

const POLL_DELAYS_MS = [10, 20, 40, 80, 150, 300, 400] as const;
/** How often to look for processes that were started while the others were ended. */
const MAX_SWEEPS = 5;

/** Processes to be killed when this process exits. */
interface Running {
  readonly pid: number;
  readonly mark: string | undefined;
}

const running = new Set<Running>();

/**
 * Kills a process group when this process exits. The process must lead its group.
 *
 * @param mark Also kills the processes with this mark.
 * @returns A function that stops this.
 */
export function killOnExit(pid: number, mark?: string): () => void {
  const entry = { pid, mark };
  if (running.size === 0) process.on("exit", killAll);
  running.add(entry);
  return () => {
    running.delete(entry);
    if (running.size === 0) process.off("exit", killAll);
  };
}

/**
 * Terminates all processes of a group: sends SIGTERM, and SIGKILL after one second.
 *
 * @param mark Also terminates the processes with this mark, which may have left the group.
 */
export async function terminateGroup(pid: number, mark?: string): Promise<void> {
  if (process.platform === "win32") return terminateTree(pid);
  const isRunning = signalAll(pid, mark, "SIGTERM");
  if (!isRunning) return;
  for (const delayMs of POLL_DELAYS_MS) {
    await wait(delayMs);
    if (!signalAll(pid, mark, 0)) return;
  }
  for (let sweep = 0; sweep < MAX_SWEEPS && signalAll(pid, mark, "SIGKILL"); sweep += 1) await wait(10);
}

/** Returns whether a group has a process. */
export function isGroupRunning(pid: number): boolean {
  return process.platform !== "win32" && signalGroup(pid, 0);
}

/** Returns `false` if there is no such process. */
function signalAll(pid: number, mark: string | undefined, signal: NodeJS.Signals | 0): boolean {
  const group = signalGroup(pid, signal);
  const marked = mark === undefined ? [] : markedProcesses(mark).filter((found) => sendTo(found.pid, signal));
  return group || marked.length > 0;
}

/** Returns `false` if the group has no process. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  return sendTo(-pid, signal);
}

function sendTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function killAll(): void {
  for (const { pid, mark } of running) signalAll(pid, mark, "SIGKILL");
}

/** Windows has no process groups. */
async function terminateTree(pid: number): Promise<void> {
  const killer = spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore", windowsHide: true });
  await new Promise<void>((resolve) => {
    killer.once("error", () => resolve());
    killer.once("close", () => resolve());
  });
}
