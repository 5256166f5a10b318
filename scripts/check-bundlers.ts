// Bundles an app with the packed packages by each bundler, as a user would, and runs the bundles against simulators. Needs a
// build (`npm run check:bundlers` runs one) and the npm registry. Arguments: parts of names of bundlers. Default: all.
// `--write` keeps the results for docs/compatibility.md.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnthropicSimulator, startOpenAISimulator, startSimulator } from "axio-simulator";
import { build } from "esbuild";
import { readPublicPackages } from "test-support/workspace/public-packages";
import { BUNDLERS, type Bundler } from "./bundlers/bundlers.ts";
import type { Answers, Targets } from "./bundlers/programs/targets.ts";
import { runBundle } from "./bundlers/run-bundle.ts";
import { dependencyClosure } from "./check-packages/dependency-closure.ts";
import { packPackage } from "./check-packages/pack-package.ts";
import { runCommand } from "./check-packages/run-command.ts";
import { type BundlerResult, writeResults } from "./compatibility/results.ts";

const PACKAGES = ["axio", "axio-transport-anthropic", "axio-transport-codex", "axio-transport-openai"];
const EXPECTED = "It is 5.";

const args = process.argv.slice(2);
const isWritten = args.includes("--write");
const names = args.filter((argument) => argument !== "--write");
if (isWritten && names.length > 0) throw new Error("--write keeps the results of all bundlers. Name none.");
const chosen = BUNDLERS.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
if (chosen.length === 0) throw new Error(`The bundlers are ${BUNDLERS.map(({ name }) => name).join("; ")}.`);

const folder = await mkdtemp(join(tmpdir(), "axio-bundlers-"));
const project = join(folder, "app");
const results: BundlerResult[] = [];
try {
  await using openai = await startOpenAISimulator({ cors: true });
  await using anthropic = await startAnthropicSimulator({ cors: true });
  await using codex = await startSimulator({ cors: true });
  const { accessToken, accountId } = codex.issueCredentials();
  const targets: Targets = {
    openai: { baseUrl: openai.baseUrl, apiKey: openai.apiKey },
    anthropic: { baseUrl: anthropic.baseUrl, apiKey: anthropic.apiKey },
    codex: { baseUrl: codex.baseUrl, accessToken, accountId },
  };
  await createProject();
  for (const bundler of chosen) results.push(await check(bundler, targets));
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (isWritten) await writeResults(results);
const failed = results.filter(({ isOk }) => !isOk);
console.log(`${results.length - failed.length} of ${results.length} bundlers`);
if (failed.length > 0) process.exitCode = 1;

/** Installs the packages and the bundlers, and writes the programs. */
async function createProject(): Promise<void> {
  await mkdir(project, { recursive: true });
  await writeFile(join(project, "package.json"), '{ "name": "app", "version": "1.0.0", "private": true }\n');
  const tarballs: string[] = [];
  for (const pack of dependencyClosure(await readPublicPackages(), PACKAGES))
    tarballs.push((await packPackage(pack, folder)).path);
  const specs = new Set(chosen.flatMap((bundler) => bundler.specs));
  await runCommand("npm", ["install", "--no-audit", "--no-fund", ...tarballs, ...specs], project);
  const programs = ["server-main", "edge-main", "worker", "server", "edge", "targets"];
  await build({
    entryPoints: programs.map((name) => join(import.meta.dirname, `bundlers/programs/${name}.ts`)),
    outdir: project,
    format: "esm",
    target: "es2022",
    outExtension: { ".js": ".mjs" },
  });
  for (const name of programs) {
    const file = join(project, `${name}.mjs`);
    await writeFile(file, (await readFile(file, "utf8")).replaceAll(/(from "\.\/[\w-]+)\.ts"/g, '$1.mjs"'));
  }
  const main = await readFile(join(project, "server-main.mjs"), "utf8");
  // CommonJS has no top-level await.
  const [head, body = ""] = main.split("console.log");
  await writeFile(
    join(project, "server-commonjs.mjs"),
    `${head}void (async () => { console.log${body.trimEnd()} })();\n`,
  );
  await writeFile(join(project, "index.html"), '<script type="module" src="/edge-main.mjs"></script>\n');
  await mkdir(join(project, "app/agent"), { recursive: true });
  const layout = `export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n`;
  await writeFile(join(project, "app/layout.jsx"), layout);
  await writeFile(join(project, "app/page.jsx"), "export default function Page() { return <p>Agent</p>; }\n");
  const route = `import { runServer } from "../../server.mjs";
export async function POST(request) { return Response.json(await runServer(await request.json())); }
`;
  await writeFile(join(project, "app/agent/route.js"), route);
}

async function check(bundler: Bundler, targets: Targets): Promise<BundlerResult> {
  const { name, package: reported, build: command } = bundler;
  const { version } = JSON.parse(
    await readFile(join(project, "node_modules", reported, "package.json"), "utf8"),
  ) as { readonly version: string };
  const begunAt = performance.now();
  const { limits = {} } = bundler;
  let answers: Answers = {};
  let problem = "";
  try {
    await runCommand("npx", ["--no-install", ...command], project, { NEXT_TELEMETRY_DISABLED: "1" });
    answers = await runBundle(bundler, project, targets);
  } catch (error) {
    problem = String(error).slice(0, 3_000);
  }
  const wrong = Object.entries(answers).filter(
    // A known limit that is gone is worth a failure as well: the page names it.
    ([transport, text]) => (text === EXPECTED) === transport in limits,
  );
  const isOk = problem === "" && wrong.length === 0;
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
  console.log(
    `${isOk ? "ok  " : "FAIL"}  ${name} ${version}: ${Object.keys(answers).join(", ")} (${seconds} s)`,
  );
  if (problem !== "") console.log(problem);
  for (const [transport, text] of wrong) console.log(`    ${transport}: ${text}`);
  const works = Object.keys(answers).filter((transport) => !(transport in limits));
  return { name, version, transports: works, limits, isOk };
}
