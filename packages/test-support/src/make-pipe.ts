import { execFileSync } from "node:child_process";

/** Creates a named pipe. Opening it for reading blocks until something writes to it. */
export function makePipe(path: string): void {
  execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
}
