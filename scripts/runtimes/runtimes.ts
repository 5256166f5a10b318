import { access, chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "test-support/workspace/public-packages";
import { runCommand } from "../check-packages/run-command.ts";

/** A JavaScript runtime that the suite runs on. */
export interface Runtime {
  readonly name: string;
  /** The npm package that holds its program, with a version. */
  readonly spec: string;
  /** The program within the package. */
  readonly program: string;
  /** The arguments before the name of a script. */
  readonly args: readonly string[];
}

/** An installed runtime. */
export interface InstalledRuntime extends Runtime {
  readonly path: string;
  /** The exact version, such as `22.21.1`. */
  readonly version: string;
}

/** Versions of Node.js, by what npm resolves. The first is the oldest that the packages support. */
const NODE_VERSIONS = ["20.19.0", "22", "24", "26"];

/** The name of this platform in the packages of the runtimes. */
const PLATFORM = `${process.platform}-${process.arch}`;
const BUN_PLATFORM = PLATFORM.replace("arm64", "aarch64");
const DENO_PLATFORM = process.platform === "linux" ? `${PLATFORM}-glibc` : PLATFORM;

/** The runtimes, by name. */
export const RUNTIMES: readonly Runtime[] = [
  ...NODE_VERSIONS.map((version) => ({
    name: `node-${version}`,
    spec: `node-${PLATFORM}@${version}`,
    program: "bin/node",
    args: [],
  })),
  { name: "bun", spec: `@oven/bun-${BUN_PLATFORM}@1.4.5`, program: "bin/bun", args: [] },
  {
    name: "deno",
    spec: `@deno/${DENO_PLATFORM}@2.9.6`,
    program: "deno",
    args: ["run", "--allow-all", "--no-prompt"],
  },
];

/** Installs a runtime below `.cache` unless it is there. They have 80 to 150 MB each, so they are no dependencies. */
export async function installRuntime(runtime: Runtime): Promise<InstalledRuntime> {
  const { spec, program } = runtime;
  const directory = join(ROOT, ".cache/runtimes", spec.replaceAll("/", "-"));
  const installed = join(directory, "node_modules", spec.slice(0, spec.lastIndexOf("@")));
  const path = join(installed, program);
  const isInstalled = await access(path).then(
    () => true,
    () => false,
  );
  if (!isInstalled) {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "package.json"), '{"private":true}\n');
    const flags = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
    await runCommand("npm", ["install", ...flags, spec], directory);
    await chmod(path, 0o755);
  }
  const manifest = await readFile(join(installed, "package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { readonly version: string };
  return { ...runtime, path, version: version.replace(/^v/, "") };
}
