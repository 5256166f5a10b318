import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Screens } from "./chat-command.ts";
import { EXIT } from "./exit-codes.ts";
import type { CliIo } from "./io.ts";
import { runCli } from "./main.ts";
import { nodeConditions } from "./node-conditions.ts";

const TERMINATED = 143;

/** Loaded on demand, so that `axio --help` starts fast. */
const SCREENS: Screens = {
  runApp: async (options) => (await import("../app/run-app.ts")).runApp(options),
  runPlain: async (options) => (await import("../plain/run-plain.ts")).runPlain(options),
};

/** Runs the command `axio` as this process, and ends it with the exit code. */
export async function runProcess(more: Pick<CliIo, "plugins"> = {}): Promise<never> {
  const controller = new AbortController();
  const interrupt = (): void => {
    // A second Ctrl-C means now.
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  let terminated = false;
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", () => {
    terminated = true;
    controller.abort();
  });
  // A closed pipe is told to whoever writes; without a listener it would end the process.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  const { folder, version } = await ownPackage();
  const io: CliIo = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
    appFolder: folder,
    version,
    conditions: nodeConditions(process.execArgv, process.env["NODE_OPTIONS"]),
    ...more,
  };
  const code = await runCli(process.argv.slice(2), io, SCREENS);
  // Everything is written, and a terminal that is still being read would keep the process alive.
  return process.exit(terminated ? TERMINATED : code);
}

/** This package: its sources and its bundle lie at different depths. */
async function ownPackage(): Promise<{ readonly folder: string; readonly version: string }> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
    if (text !== undefined) return { folder, version: String(JSON.parse(text).version) };
    if (dirname(folder) === folder) return { folder, version: "unknown" };
  }
}
