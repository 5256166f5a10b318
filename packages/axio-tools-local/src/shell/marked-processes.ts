import { readdirSync, readFileSync } from "node:fs";

/** The variable that marks the processes of a command. */
export const MARK_VARIABLE = "AXIO_COMMAND_ID";

/** A running process. */
export interface FoundProcess {
  readonly pid: number;
  readonly name: string;
}

/**
 * Finds the processes that inherited a mark, also those that left the process group. Only on Linux; none on other systems. A
 * process that clears its environment is not found.
 */
export function markedProcesses(mark: string): readonly FoundProcess[] {
  if (process.platform !== "linux") return [];
  const entry = Buffer.from(`${MARK_VARIABLE}=${mark}`);
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (!readFileSync(`/proc/${name}/environ`).includes(entry)) return [];
      return [{ pid: Number(name), name: readFileSync(`/proc/${name}/comm`, "utf8").trim() }];
    } catch {
      // It has ended, or belongs to another user.
      return [];
    }
  });
}
