import type { BearerCredentials } from "../credentials.ts";
import { EXIT } from "./exit-codes.ts";
import type { CliProgram } from "./program.ts";
import { runCommandLine } from "./run-command-line.ts";

const TERMINATED = 143;

/** Runs a command line as this process, and ends it with the exit code. */
export async function runProcess<C extends BearerCredentials>(program: CliProgram<C>): Promise<never> {
  const controller = new AbortController();
  let code: number | undefined;

  function interrupt(): void {
    // A second Ctrl-C means now.
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  }

  process.on("SIGINT", interrupt);
  process.on("SIGTERM", () => {
    code = TERMINATED;
    controller.abort();
  });
  // A closed pipe is told to whoever writes; without a listener it would end the process.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);

  const result = await runCommandLine(program, process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    platform: process.platform,
    signal: controller.signal,
    interrupt,
    now: Date.now,
  });
  // Everything is written, and a terminal that is still being read would keep the process alive.
  return process.exit(code ?? result);
}
