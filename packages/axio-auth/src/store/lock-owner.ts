import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode } from "axio/internal";

/** The process that holds a lock. */
export interface LockOwner {
  readonly pid: number;
  /** The scope of the process id: the running system, and on Linux the container. Empty if unknown. */
  readonly machine: string;
  /** Distinguishes processes that had the same id one after the other. Empty if unknown. */
  readonly startTime: string;
}

/** Returns this process as an owner. */
export function currentOwner(): LockOwner {
  return { pid: process.pid, machine: machineId(), startTime: processState(process.pid)?.startTime ?? "" };
}

/**
 * Whether the owner has certainly exited. Always `false` for other machines and containers, because their process ids have
 * no meaning here.
 */
export function isDead(owner: LockOwner, self: LockOwner): boolean {
  if (owner.machine === "" || owner.machine !== self.machine) return false;
  if (!processExists(owner.pid)) return true;
  const state = processState(owner.pid);
  if (!state) return false;
  return state.ended || (owner.startTime !== "" && state.startTime !== owner.startTime);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
    return errorCode(error) !== "ESRCH";
  }
}

function machineId(): string {
  if (process.platform !== "linux") return `${process.platform}:${hostname()}`;
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

function processState(pid: number): { readonly startTime: string; readonly ended: boolean } | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may contain spaces and parentheses. State is field 3, start time field 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { startTime: fields[19] ?? "", ended: fields[0] === "Z" || fields[0] === "X" };
  } catch {
    return undefined;
  }
}
