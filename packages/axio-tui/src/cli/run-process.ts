import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess as runCommandLine } from "axio-cli/internal";
import type { AppIo } from "../host/io.ts";
import type { Screens } from "./chat-command.ts";
import { runCli } from "./main.ts";
import { findFace } from "./run-face.ts";

/** Loaded on demand, so that `axio --help` starts fast. */
const SCREENS: Screens = {
  runApp: async (options) => (await import("./run-app.ts")).runApp(options),
};

/** Runs the command `axio` as this process, and ends the process with the exit code. */
export async function runProcess({ plugins }: Pick<AppIo, "plugins"> = {}): Promise<never> {
  const own = await readPackage(import.meta.url);
  return runCommandLine(async (argv, cliIo) => {
    const { env, cwd, signal } = cliIo;
    const { stdin, stdout, stderr } = process;
    const io: AppIo = { stdin, stdout, stderr, env, cwd, signal, plugins, ...own };
    const face = await findFace<typeof cliIo & AppIo>(argv);
    return face === undefined ? runCli(argv, io, SCREENS) : face(argv.slice(1), { ...cliIo, ...io });
  });
}

/**
 * Finds the package of a module of this process, and how the process resolves the packages of plugins. Sources and bundles are at
 * different depths of the package.
 *
 * @param url The `import.meta.url` of the module.
 */
export async function readPackage(url: string): Promise<Pick<AppIo, "appDir" | "version" | "conditions">> {
  const conditions = nodeConditions(process.execArgv, process.env["NODE_OPTIONS"]);
  for (let dir = dirname(fileURLToPath(url)); ; dir = dirname(dir)) {
    const text = await readFile(join(dir, "package.json"), "utf8").catch(() => undefined);
    if (text !== undefined) return { appDir: dir, version: String(JSON.parse(text).version), conditions };
    if (dirname(dir) === dir) return { appDir: dir, version: "unknown", conditions };
  }
}

/** Returns the conditions with which this process resolves `exports` (`node --conditions=NAME`), for its plugins. */
export function nodeConditions(
  execArgv: readonly string[],
  nodeOptions: string | undefined,
): readonly string[] {
  const words = [...execArgv, ...(nodeOptions ?? "").split(/\s+/)];
  return words.flatMap((word, index) => {
    const [name, value] = word.split("=", 2);
    return name === "--conditions" || name === "-C" ? [value ?? words[index + 1] ?? ""] : [];
  });
}
