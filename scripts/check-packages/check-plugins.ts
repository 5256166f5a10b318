import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "test-support/workspace/public-packages";
import { runCommand } from "./run-command.ts";

const EXAMPLE = join(ROOT, "examples/axio-plugin-example");

/** The example plugin, and the packages that were installed before it. */
const WANTED = [
  "providers/chatgpt",
  "providers/codex",
  "providers/echo",
  "providers/openai",
  "tools/clock",
  "tools/local",
  "tools/mcp",
  "guards/words",
  "selectors/few",
];

interface Report {
  readonly plugins: readonly { readonly kind: string; readonly name: string; readonly usable: boolean }[];
  readonly problems: readonly { readonly packageName: string; readonly message: string }[];
}

/**
 * Packs the example plugin, installs it next to the app, and uses it. Then adds packages that are broken, lack a dependency or
 * use a taken name: these must be reported, and the others must still work.
 */
export async function checkPlugins(folder: string): Promise<void> {
  await runCommand(join(ROOT, "node_modules/.bin/tsc"), ["-p", EXAMPLE], ROOT);
  const packed = await runCommand(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    EXAMPLE,
  );
  const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }];
  await runCommand("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${filename}`], folder);
  const { plugins, problems } = await report(folder, 0);
  const usable = plugins.filter((plugin) => plugin.usable).map(({ kind, name }) => `${kind}/${name}`);
  const missing = WANTED.filter((wanted) => !usable.includes(wanted));
  if (missing.length > 0 || problems.length > 0)
    throw new Error(`axio plugins lacks ${missing.join(", ")}; problems: ${JSON.stringify(problems)}`);
  await askTheTime(folder);
  console.log(`ok  axio plugins: ${usable.join(", ")}`);
  await breakThings(folder);
  await askTheTime(folder);
}

async function askTheTime(folder: string): Promise<void> {
  const answer = await axio(["--provider", "echo", "What time is it?"], folder);
  if (!/^It is .*UTC/.test(answer)) throw new Error(`The example responded: ${answer}`);
}

async function breakThings(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  await place(modules, "broken", "broken", 'throw new Error("out of order");');
  await place(modules, "lacking", "lacking", 'import "never-installed"; export const tools = {};');
  await place(modules, "second", "clock", 'throw new Error("never loaded");');
  const { problems } = await report(folder, 1);
  const named = problems.map(({ packageName }) => packageName).sort();
  if (named.join() !== "broken,lacking,second") throw new Error(`Problems: ${JSON.stringify(problems)}`);
  console.log(`ok  named and left out:\n    ${problems.map(({ message }) => message).join("\n    ")}`);
}

async function place(modules: string, name: string, tools: string, text: string): Promise<void> {
  const folder = join(modules, name);
  await mkdir(folder, { recursive: true });
  const axio = { tools: { [tools]: "./plugin#tools" } };
  const manifest = { name, version: "1.0.0", type: "module", exports: { "./plugin": "./plugin.js" }, axio };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "plugin.js"), text);
}

/** @param code The expected exit code: 1 if there is a problem. */
async function report(folder: string, code: 0 | 1): Promise<Report> {
  const failed = (error: unknown): string => {
    const [, output = ""] = /failed \(1\):\n(\{.*\n\})/s.exec(String(error)) ?? [];
    if (code === 0 || output === "") throw error;
    return output;
  };
  return JSON.parse(await axio(["plugins", "--json"], folder).catch(failed)) as Report;
}

/** Runs the app with an empty home directory. */
function axio(args: readonly string[], folder: string): Promise<string> {
  const home = join(folder, "home");
  const env = { HOME: home, XDG_STATE_HOME: join(home, "state"), XDG_CONFIG_HOME: join(home, "config") };
  return runCommand(join(folder, "node_modules/.bin/axio"), args, folder, env);
}
