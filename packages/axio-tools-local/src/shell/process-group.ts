import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

const PATIENCE_MS = [10, 20, 40, 80, 150, 300, 400] as const;
const running = new Set<number>();

/** Has the process, and all that it starts in its group, end with this one. The process must lead a group of its own. */
export function endWithThisProcess(pid: number): () => void {
  if (running.size === 0) process.on("exit", killAll);
  running.add(pid);
  return () => {
    running.delete(pid);
    if (running.size === 0) process.off("exit", killAll);
  };
}

/** Ends all processes of a group: asks them to, and after a second no longer asks. */
export async function endGroup(pid: number): Promise<void> {
  if (process.platform === "win32") return endTree(pid);
  if (!signalGroup(pid, "SIGTERM")) return;
  for (const milliseconds of PATIENCE_MS) {
    await wait(milliseconds);
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, "SIGKILL");
}

/** Gives `false` where nobody is left. */
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

/** Windows has no groups to signal. */
async function endTree(pid: number): Promise<void> {
  const killer = spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore", windowsHide: true });
  await new Promise<void>((resolve) => {
    killer.once("error", () => resolve());
    killer.once("close", () => resolve());
  });
}
