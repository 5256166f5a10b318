import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The process that holds a lock at this moment, as the lock's folder tells it. */
export function lockHolder(folder: string): number | undefined {
  try {
    const newest = Math.max(...readdirSync(folder).map(Number));
    const claim: unknown = JSON.parse(readFileSync(join(folder, String(newest)), "utf8"));
    return typeof claim === "object" && claim !== null && "pid" in claim && typeof claim.pid === "number"
      ? claim.pid
      : undefined;
  } catch {
    // Given up, not fully written, or followed by another between the two reads.
    return undefined;
  }
}
