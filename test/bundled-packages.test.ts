import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { builtPackages } from "test-support/workspace/built-packages";
import { bundlePackage } from "test-support/workspace/bundle-package";
import { expect, it, onTestFinished } from "vitest";

const run = promisify(execFile);

/** A package with two entries, a part that is loaded lazily, and a dependency of the main entry only. */
const SOURCES: Readonly<Record<string, string>> = {
  "src/index.ts":
    'export { next } from "./state.ts"; export { add } from "./add.ts"; export { size } from "./size.ts"; export const later = () => import("./lazy.ts");',
  "src/other.ts": 'export { next } from "./state.ts"; export { add } from "./add.ts";',
  "src/lazy.ts": 'export { next } from "./state.ts"; export { size } from "./size.ts";',
  "src/state.ts": "let state = 0; export const next = (): number => (state += 1);",
  "src/add.ts": "export const add = (a: number, b: number): number => a + b;",
  "src/size.ts": 'import { heavy } from "heavy"; export const size = (): number => heavy.length;',
  "node_modules/heavy/package.json": '{ "name": "heavy", "type": "module", "exports": "./index.js" }',
  "node_modules/heavy/index.js": 'console.log("heavy loads"); export const heavy = "heavy";',
};

it("a package is bundled into few files, with one copy of its state, and no entry loads a package that it does not use", async () => {
  const folder = await mkdtemp(join(tmpdir(), "axio-bundled-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(SOURCES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const entryFiles = ["dist/index.js", "dist/index.d.ts", "dist/other.js"];
  await bundlePackage(
    { name: "example", folder, node: "20.19", entryFiles, commandFiles: [] },
    join(folder, "dist"),
    {
      sourcemap: true,
    },
  );
  const scriptsOf = async (directory: string): Promise<readonly string[]> =>
    (await readdir(join(folder, directory))).filter((name) => name.endsWith(".js")).sort();
  expect(await scriptsOf("dist")).toEqual(["index.js", "other.js"]);
  // What all load and what both entries load is in one file; what needs the dependency is in its own.
  expect(await scriptsOf("dist/chunks")).toEqual([
    expect.stringMatching(/^chunk-/),
    expect.stringMatching(/^lazy-/),
    "shared-0.js",
  ]);
  const maps = (await readdir(join(folder, "dist/chunks"))).filter((name) => name.endsWith(".map"));
  expect(maps).toHaveLength(3);

  const evaluate = async (code: string): Promise<string> => {
    const args = ["--input-type=module", "--eval", code];
    return (await run(process.execPath, args, { cwd: join(folder, "dist") })).stdout;
  };
  expect(
    await evaluate('const { next, add } = await import("./other.js"); console.log(next(), add(2, 3));'),
  ).toBe("1 5\n");
  expect(
    await evaluate(
      'const { next, add, size, later } = await import("./index.js"); next(); console.log((await later()).next(), add(2, 3), size());',
    ),
  ).toBe("heavy loads\n2 5 5\n");
});

/** Returns the files of packages that an import loads, without `dist` and the hashes of their names. */
async function filesLoadedBy(specifier: string): Promise<readonly string[]> {
  const code = `
    import { register } from "node:module";
    const hook = 'import { writeSync } from "node:fs"; export async function load(url, context, next) { writeSync(1, url + "\\\\n"); return next(url, context); }';
    register("data:text/javascript," + encodeURIComponent(hook));
    await import(${JSON.stringify(specifier)});`;
  const args = ["--input-type=module", "--eval", code];
  const { stdout } = await run(process.execPath, args, { cwd: await builtPackages() });
  return stdout
    .trim()
    .split("\n")
    .flatMap((url) => /node_modules\/(.*)\.js$/.exec(url)?.[1] ?? [])
    .map((path) => path.replace("/dist/", "/").replace(/-[A-Z0-9]{8}$/, ""))
    .sort();
}

it("importing axio-ai-sdk loads only what creates a provider; the first call loads the rest", async () => {
  const loaded = await filesLoadedBy("axio-ai-sdk");
  expect(loaded.filter((path) => !path.startsWith("@ai-sdk/provider/"))).toEqual([
    "axio-ai-sdk/index",
    "axio/internal",
  ]);
});

it("importing axio-transport-codex loads one file of most packages, and not the sign-in", async () => {
  const loaded = await filesLoadedBy("axio-transport-codex");
  expect(loaded.filter((path) => !path.startsWith("axio-transport-codex/chunks/"))).toEqual([
    "axio-auth/internal",
    "axio-http/internal",
    "axio-responses/index",
    "axio-transport-codex/index",
    "axio-transport-kit/internal",
    "axio-transport-kit/node-sha256",
    "axio/internal",
  ]);
  const folder = await builtPackages();
  expect(await readFile(join(folder, "axio-auth/dist/internal.js"), "utf8")).not.toContain(
    "class CallbackServer",
  );
});

it.each(["axio", "axio-auth", "axio-http", "axio-transport-kit"])(
  "the main entry of %s exports the same names as its source, wherever its code is",
  async (name) => {
    const code = `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(name)}))));`;
    const args = ["--input-type=module", "--eval", code];
    const { stdout } = await run(process.execPath, args, { cwd: await builtPackages() });
    expect(JSON.parse(stdout)).toEqual(Object.keys((await import(name)) as object).sort());
  },
);
