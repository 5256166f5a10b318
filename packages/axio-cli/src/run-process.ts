import { EXIT } from "./exit-codes.ts";
import type { CliIo } from "./io.ts";

/**
 * Runs a command line as this process, and ends the process with the exit code. The first Ctrl-C fires the signal, the
 * second one ends the process at once.
 */
export async function runProcess(
  run: (argv: readonly string[], io: CliIo) => Promise<number>,
): Promise<never> {
  const controller = new AbortController();
  let isTerminated = false;

  function interrupt(): void {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  }

  process.on("SIGINT", interrupt);
  process.on("SIGTERM", () => {
    isTerminated = true;
    controller.abort();
  });
  // A closed pipe is reported to the writer. Without a listener it would end the process.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);

  const code = await run(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
    interrupt,
    now: Date.now,
  });
  // All output is written, but a terminal that is still read would keep the process alive.
  return process.exit(isTerminated ? EXIT.terminated : code);
}
