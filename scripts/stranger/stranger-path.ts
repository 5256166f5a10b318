import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startSimulator } from "axio-simulator";
import { build } from "esbuild";
import { ROOT } from "test-support/workspace/public-packages";
import { runCommand } from "../check-packages/run-command.ts";
import { createSimulatedHome } from "./simulated-home.ts";

/** One step of the path. */
interface Step {
  readonly name: string;
  /** The longest duration. A user who waits longer gives up. */
  readonly limitMs: number;
  /** @throws Error if the step does not do what it should. */
  readonly run: () => Promise<void>;
}

/**
 * Does what a new user does in an empty folder: install, the ten lines of the README, a tool, a server, a test, a bundle. Prints
 * the duration of each step.
 *
 * @param env Variables of npm, to install from a registry.
 * @throws Error if a step fails or takes longer than its limit.
 */
export async function strangerPath(folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  await using simulator = await startSimulator();
  const home = await createSimulatedHome(simulator, folder);
  const node = async (...args: readonly string[]): Promise<string> =>
    runCommand("node", [...home.nodeArgs, ...args], folder, home.env);
  const program = async (name: string): Promise<string> => {
    const entryPoints = [join(import.meta.dirname, "programs", `${name}.ts`)];
    await build({ entryPoints, outfile: join(folder, `${name}.mjs`), format: "esm", logLevel: "warning" });
    return `${name}.mjs`;
  };
  const steps: readonly Step[] = [
    {
      name: "install",
      limitMs: 160_000,
      run: async () => {
        await runCommand("npm", ["init", "--yes"], folder, env);
        const packages = ["axio", "axio-transport-codex", "axio-simulator", "zod", "esbuild"];
        await runCommand("npm", ["install", "--no-audit", "--no-fund", ...packages], folder, env);
      },
    },
    {
      name: "ten lines of the README",
      limitMs: 60_000,
      run: async () => {
        await writeFile(join(folder, "agent.mjs"), await tenLines());
        if ((await node("agent.mjs")).trim() === "") throw new Error("The ten lines printed nothing.");
      },
    },
    {
      name: "tool",
      limitMs: 60_000,
      run: async () => expectOutput(await node(await program("tool")), "It is 5."),
    },
    {
      name: "server",
      limitMs: 60_000,
      run: async () => expectOutput(await node(await program("server")), "Served."),
    },
    {
      name: "test",
      limitMs: 60_000,
      run: async () => void (await node("--test", await program("own-test"))),
    },
    {
      name: "bundle",
      limitMs: 60_000,
      run: async () => {
        const options = [
          "--bundle",
          "--platform=node",
          "--format=esm",
          "--outfile=bundle.mjs",
          "--log-level=warning",
        ];
        await runCommand("npx", ["--no-install", "esbuild", "agent.mjs", ...options], folder);
        if ((await node("bundle.mjs")).trim() === "") throw new Error("The bundle printed nothing.");
      },
    },
  ];
  for (const { name, limitMs, run } of steps) {
    const begunAt = performance.now();
    await run();
    const durationMs = performance.now() - begunAt;
    const seconds = `${(durationMs / 1_000).toFixed(1)} s of ${limitMs / 1_000} s`;
    if (durationMs > limitMs) throw new Error(`${name} took ${seconds}.`);
    console.log(`ok  ${name}: ${seconds}`);
  }
}

/** Returns the first TypeScript block of the README, which is valid JavaScript, too. */
export async function tenLines(): Promise<string> {
  const [, code] = /^```ts\n([\s\S]*?)^```$/m.exec(await readFile(join(ROOT, "README.md"), "utf8")) ?? [];
  if (code === undefined) throw new Error("The README has no TypeScript block.");
  return code;
}

function expectOutput(output: string, expected: string): void {
  if (output.trim() !== expected) throw new Error(`It printed ${JSON.stringify(output)}, not ${expected}`);
}
