import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { FileCredentialStore, parseCredentials } from "axio-auth";
import { type Simulator, startSimulator } from "codex-simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCodeBlocks } from "./code-blocks.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const blocks = findCodeBlocks(root);

/** Inside the workspace, so that its packages resolve. */
const folder = join(root, "node_modules", ".cache", "docs-examples");
const nameOf = ({ file, line }: (typeof blocks)[number]): string =>
  `${file.replaceAll(/[^\w]+/g, "-")}-${line}.ts`.toLowerCase();

let simulator: Simulator;
let home: string;

beforeAll(async () => {
  simulator = await startSimulator();
  home = await mkdtemp(join(tmpdir(), "axio-docs-"));
  const store = new FileCredentialStore({ path: join(home, "axio", "codex.json"), parse: parseCredentials });
  await store.update(async () => simulator.issueCredentials());
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  for (const block of blocks) await writeFile(join(folder, nameOf(block)), `${block.code}\nexport {};\n`);
});

afterAll(async () => {
  await simulator.close();
  await rm(home, { recursive: true, force: true });
});

describe("the examples of the documentation", () => {
  it("are found", () => {
    expect(blocks.filter(({ file }) => file === "README.md").length).toBeGreaterThanOrEqual(4);
  });

  it("compile", { timeout: 60_000 }, async () => {
    const config = {
      extends: "../../../tsconfig.check.json",
      compilerOptions: { types: ["node"], noUnusedLocals: false, declaration: false },
      include: ["./*.ts"],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = await run("npx", ["tsc", "-p", join(folder, "tsconfig.json")], { cwd: root }).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  });

  it.each(
    blocks.filter(({ isRun }) => isRun).map((block) => [`${block.file}:${block.line}`, block] as const),
  )("%s runs", { timeout: 30_000 }, async (_name, block) => {
    const args = [
      "--conditions=axio-source",
      "--import",
      resolve(root, "test/docs/route-to-simulator.ts"),
      join(folder, nameOf(block)),
    ];
    const { stdout, stderr } = await run(join(root, "node_modules/.bin/tsx"), args, {
      cwd: root,
      timeout: 25_000,
      env: {
        // Without the proxies and certificates of this machine: what an example sends must not leave it.
        PATH: process.env["PATH"],
        HOME: home,
        XDG_CONFIG_HOME: home,
        AXIO_DOCS_ISSUER: simulator.issuer,
        AXIO_DOCS_BACKEND: simulator.baseUrl.replace(/\/codex$/, ""),
      },
    });
    expect(stderr).toBe("");
    expect(stdout).not.toBe("");
  });
});
