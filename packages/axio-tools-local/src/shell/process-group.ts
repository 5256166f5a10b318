import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

const POLL_DELAYS_MS = [10, 20, 40, 80, 150, 300, 400] as const;
const running = new Set<number>();

/**
 * Kills a process group when this process exits. The process must lead its group.
 *
 * @returns A function that stops this.
 */
export function killOnExit(pid: number): () => void {
  if (running.size === 0) process.on("exit", killAll);
  running.add(pid);
  return () => {
    running.delete(pid);
    if (running.size === 0) process.off("exit", killAll);
  };
}

/** Terminates all processes of a group: sends SIGTERM, and SIGKILL after one second. */
export async function terminateGroup(pid: number): Promise<void> {
  if (process.platform === "win32") return terminateTree(pid);
  if (!signalGroup(pid, "SIGTERM")) return;
  for (const delayMs of POLL_DELAYS_MS) {
    await wait(delayMs);
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, "SIGKILL");
}

/** Returns `false` if the group has no process. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function killAll(): void {
  for (const pid of running) signalGroup(pid, "SIGKILL");
}

/** Windows has no process groups. */
async function terminateTree(pid: number): Promise<void> {
  const killer = spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore", windowsHide: true });
  await new Promise<void>((resolve) => {
    killer.once("error", () => resolve());
    killer.once("close", () => resolve());
  });
}
