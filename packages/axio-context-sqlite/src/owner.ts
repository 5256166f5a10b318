import { randomUUID } from "node:crypto";
import { uptime } from "node:os";

/** Who wrote a row that belongs to a running process. */
export interface OwnedRow {
  readonly owner: string;
  readonly pid: number;
  /** Unix milliseconds. */
  readonly updatedAt: number;
}

/** The owners of this process that are in use. */
const owners = new Set<string>();

/** Clocks are corrected while the machine starts. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Registers an owner of rows in this process. */
export function claimOwner(): string {
  const owner = randomUUID();
  owners.add(owner);
  return owner;
}

/** Ends an owner: others may take over its rows. */
export function releaseOwner(owner: string): void {
  owners.delete(owner);
}

/** Tells whether the owner of a row no longer runs, so that others may take over the row. */
export function isAbandoned({ owner, pid, updatedAt }: OwnedRow): boolean {
  if (pid === process.pid) return !owners.has(owner);
  // Another process may have the same id after the machine was started again.
  const startedAt = Date.now() - uptime() * 1_000;
  return updatedAt < startedAt - CLOCK_TOLERANCE_MS || !isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 only checks.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
