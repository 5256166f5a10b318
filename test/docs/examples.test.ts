import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { FileCredentialStore } from "axio-auth";
import { type Simulator, startSimulator } from "axio-simulator";
import { CODEX_CREDENTIAL_FORMAT } from "axio-transport-codex";
import { bundleScript } from "test-support/bundle-script";
import { FULL_RUN, needs } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from "vitest";
import { type CodeBlock, findCodeBlocks, findTsdocExamples } from "./code-blocks.ts";
import { TSDOC_PRELUDE } from "./tsdoc-prelude.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const blocks = findCodeBlocks(root);
const examples = findTsdocExamples(root);

/** Their examples are run in each run of the tests. */
const FIRST_READ = ["README.md", "packages/axio/README.md"];
/** In the workspace, so that its packages resolve. */
const project = join(root, "node_modules", ".cache", "examples");
const folder = join(project, "markdown");
const tsdocFolder = join(project, "tsdoc");
const COMPILER = {
  extends: "../../../tsconfig.check.json",
  compilerOptions: {
    types: ["node"],
    noUnusedLocals: false,
    declaration: false,
    // TSDoc examples import their own file by its path.
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
  },
  include: ["./*/*.ts"],
};
const nameOf = ({ file, line }: CodeBlock): string =>
  `${file.replaceAll(/[^\w]+/g, "-")}-${line}.ts`.toLowerCase();

let simulator: Simulator;
let home: string;
let route: string;

beforeAll(async () => {
  simulator = await startSimulator();
  home = await mkdtemp(join(tmpdir(), "axio-docs-"));
  const store = new FileCredentialStore({
    path: join(home, "axio", "codex.json"),
    format: CODEX_CREDENTIAL_FORMAT,
  });
  await store.update(async () => simulator.issueCredentials());
  await rm(project, { recursive: true, force: true });
  await writeBlocks(folder, blocks);
  await writeBlocks(tsdocFolder, examples);
  await writeFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(project, "tsconfig.json"), JSON.stringify(COMPILER));
  await writeFile(join(tsdocFolder, "prelude.ts"), TSDOC_PRELUDE);
  route = await bundleScript(join(import.meta.dirname, "route-to-simulator.ts"));
});

afterAll(async () => {
  await simulator.close();
  await rm(home, { recursive: true, force: true });
});

describe("documentation examples", () => {
  it("are found", () => {
    expect(blocks.filter(({ file }) => file === "README.md").length).toBeGreaterThanOrEqual(4);
    expect(examples.length).toBeGreaterThanOrEqual(20);
  });

  it("compile, in Markdown and in TSDoc", { timeout: 120_000 }, async () => {
    expect(await compile()).toBe("");
  });

  const executed = blocks
    .filter(({ isRun }) => isRun)
    .map((block) => ({ title: `${block.file}:${block.line}`, block }));
  const isFirst = ({ block }: (typeof executed)[number]): boolean => FIRST_READ.includes(block.file);
  it.each(executed.filter(isFirst))("$title runs", { timeout: 120_000 }, runBlock);
  it.each(executed.filter((example) => !isFirst(example)))(
    "$title runs",
    { timeout: 120_000, ...needs(FULL_RUN) },
    runBlock,
  );

  async function runBlock({ block }: (typeof executed)[number]): Promise<void> {
    const args = /from "vitest"/.test(block.code)
      ? await vitestArguments(block.code)
      : ["--import", route, await bundleScript({ code: block.code, directory: root })];
    const { stdout, stderr } = await run(process.execPath, args, {
      cwd: root,
      timeout: 110_000,
      env: {
        // Without proxies and certificates: requests of an example must stay on this machine.
        PATH: process.env["PATH"],
        HOME: home,
        XDG_CONFIG_HOME: home,
        AXIO_DOCS_ISSUER: simulator.issuer,
        AXIO_DOCS_BACKEND: simulator.baseUrl.replace(/\/codex$/, ""),
      },
    });
    expect(stderr).toBe("");
    expect(stdout).not.toBe("");
  }
});

test("the README of axio-transport-codex lists all options", async () => {
  const packages = join(root, "packages");
  const own = await readFile(join(packages, "axio-transport-codex/src/options.ts"), "utf8");
  const shared = await readFile(join(packages, "axio-transport-kit/src/options.ts"), "utf8");
  const readme = await readFile(join(packages, "axio-transport-codex/README.md"), "utf8");
  const retry = await readFile(join(packages, "axio-http/src/retry-policy.ts"), "utf8");
  const membersOf = (source: string): readonly string[] => {
    const pattern = /^export interface (?:\w*TransportOptions|RetryPolicy)\b.*?\{\n(.*?)^\}/gms;
    const members = [...source.matchAll(pattern)].map(([, body = ""]) => body).join("");
    return [...members.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = ""]) => name);
  };
  const options = [
    ...[own, shared].flatMap(membersOf).filter((name) => name !== "retry"),
    ...membersOf(retry).map((name) => `retry.${name}`),
  ];
  const table = readme.split("\n").filter((line) => line.startsWith("| `"));
  expect(options.length).toBeGreaterThanOrEqual(32);
  expect(options.filter((name) => !table.some((row) => row.includes(`\`${name}\``)))).toEqual([]);
});

/** Writes a test of a user into a project of its own, and returns the arguments of Node.js that run it. */
async function vitestArguments(code: string): Promise<readonly string[]> {
  const project = await mkdtemp(join(tmpdir(), "axio-docs-vitest-"));
  onTestFinished(() => rm(project, { recursive: true }));
  const conditions = ["axio-source", "node", "default"];
  const config = { ssr: { resolve: { conditions, externalConditions: conditions } } };
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  await writeFile(join(project, "vitest.config.mjs"), `export default ${JSON.stringify(config)};\n`);
  await writeFile(join(project, "example.test.ts"), code);
  return [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", project];
}

async function writeBlocks(to: string, written: readonly CodeBlock[]): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const block of written) await writeFile(join(to, nameOf(block)), `${block.code}\nexport {};\n`);
}

/** Compiles all examples at once, since most of the time goes into the packages. Returns the compiler's output. */
async function compile(): Promise<string> {
  const { stdout } = await run(join(root, "node_modules/.bin/tsc"), ["-p", join(project, "tsconfig.json")], {
    cwd: root,
  }).catch((error: { stdout: string }) => error);
  return stdout;
}
