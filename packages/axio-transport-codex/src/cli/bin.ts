#!/usr/bin/env node
import { EXIT } from "./exit-codes.ts";
import { runCli } from "./main.ts";

const TERMINATED = 143;

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

const result = await runCli(process.argv.slice(2), {
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
process.exit(code ?? result);
