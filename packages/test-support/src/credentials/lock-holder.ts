import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Returns the process that currently holds a lock, according to the lock's directory. */
export function lockHolder(folder: string): number | undefined {
  try {
    const newest = Math.max(...readdirSync(folder).map(Number));
    const claim: unknown = JSON.parse(readFileSync(join(folder, String(newest)), "utf8"));
    return typeof claim === "object" && claim !== null && "pid" in claim && typeof claim.pid === "number"
      ? claim.pid
      : undefined;
  } catch {
    // Released, not fully written, or replaced between the two reads.
    return undefined;
  }
}
