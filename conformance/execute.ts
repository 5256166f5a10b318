import { spawn } from "node:child_process";
import { once } from "node:events";

const TIMEOUT_MS = 120_000;

/** The outcome of one process. */
export interface ProcessRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, with `input` on stdin. It is killed after two minutes. */
export async function execute(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
  input = "",
): Promise<ProcessRun> {
  const child = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "pipe"], timeout: TIMEOUT_MS });
  // A process that does not read its input may have ended before.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, stdout, stderr };
}
