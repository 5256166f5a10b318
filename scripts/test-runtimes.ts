// Runs what users do with the packed packages on several JavaScript runtimes. Needs a build (`npm run test:runtimes`
// runs one) and the npm registry. Arguments: names of runtimes. Default: all. `--write` keeps the results for
// docs/compatibility.md.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT, readPublicPackages } from "test-support/workspace/public-packages";
import { packPackage } from "./check-packages/pack-package.ts";
import { runCommand } from "./check-packages/run-command.ts";
import { type RuntimeResult, writeRuntimeResults } from "./compatibility/runtime-results.ts";
import { CASES, UNDICI_VERSIONS } from "./runtimes/cases.ts";
import { runCase } from "./runtimes/run-case.ts";
import { installRuntime, RUNTIMES } from "./runtimes/runtimes.ts";

const args = process.argv.slice(2);
const isWritten = args.includes("--write");
const wanted = args.filter((argument) => argument !== "--write");
const runtimes = RUNTIMES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (runtimes.length === 0)
  throw new Error(`The runtimes are ${RUNTIMES.map(({ name }) => name).join(", ")}.`);
const packages = await mkdtemp(join(tmpdir(), "axio-runtimes-"));
const results: RuntimeResult[] = [];
try {
  await installPackages();
  for (const runtime of runtimes) {
    const installed = await installRuntime(runtime);
    const passed: string[] = [];
    const failed: string[] = [];
    for (const testCase of CASES) {
      const begunAt = performance.now();
      const problem = await runCase(testCase, installed, packages);
      const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
      console.log(
        `${problem === undefined ? "ok  " : "FAIL"}  ${runtime.name}: ${testCase.name} (${seconds} s)`,
      );
      (problem === undefined ? passed : failed).push(testCase.name);
      if (problem !== undefined) console.log(problem);
    }
    const date = new Date().toISOString().slice(0, 10);
    results.push({ name: runtime.name, version: installed.version, date, passed, failed });
  }
} finally {
  await rm(packages, { recursive: true, force: true });
}
if (isWritten)
  await writeRuntimeResults(
    results,
    RUNTIMES.map(({ name }) => name),
  );
const failures = results.flatMap(({ failed }) => failed).length;
console.log(`${failures} failed`);
if (failures > 0) process.exitCode = 1;

/** Installs the packed packages as a user would, and the programs next to them. */
async function installPackages(): Promise<void> {
  const tarballs: string[] = [];
  for (const pack of await readPublicPackages()) tarballs.push((await packPackage(pack, packages)).path);
  await runCommand("npm", ["init", "--yes"], packages);
  const undici = UNDICI_VERSIONS.map((version) => `undici-${version}@npm:undici@${version}`);
  await runCommand("npm", ["install", "--no-audit", "--no-fund", ...tarballs, ...undici], packages);
  const sources = CASES.flatMap(({ script }) => /^([\w-]+)\.mjs$/.exec(script)?.[1] ?? []);
  const programs = sources.map((name) => join(import.meta.dirname, `runtimes/programs/${name}.ts`));
  const shared = { bundle: true, format: "esm", platform: "node" } as const;
  const outExtension = { ".js": ".mjs" };
  await build({ ...shared, entryPoints: programs, outdir: packages, outExtension, packages: "external" });
  // A user's server is not part of the packages.
  const server = join(ROOT, "packages/axio-tools-mcp/test/support/stdio-server.ts");
  await build({ ...shared, entryPoints: [server], outfile: join(packages, "mcp-server.mjs") });
}
