// Sets the version of all packages, and of the dependencies on them, also of the example. Run: npm run version:set -- 0.2.0
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "test-support/workspace/public-packages";
import { runCommand } from "./check-packages/run-command.ts";

type Dependencies = Record<string, string>;
interface Manifest {
  name: string;
  version: string;
  dependencies?: Dependencies;
  devDependencies?: Dependencies;
  peerDependencies?: Dependencies;
}

const [version = ""] = process.argv.slice(2);
if (/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) {
  await setVersion();
} else {
  console.error("Usage: npm run version:set -- MAJOR.MINOR.PATCH");
  process.exitCode = 2;
}

async function setVersion(): Promise<void> {
  const paths = (await readdir(join(ROOT, "packages"))).map((name) =>
    join(ROOT, "packages", name, "package.json"),
  );
  const manifests = await Promise.all(paths.map(readManifest));
  const names = new Set(manifests.map(([, { name }]) => name));
  const example = await readManifest(join(ROOT, "examples/axio-plugin-example/package.json"));
  for (const [path, manifest] of [...manifests, example]) {
    if (names.has(manifest.name)) manifest.version = version;
    for (const list of [manifest.dependencies, manifest.devDependencies, manifest.peerDependencies]) {
      for (const [name, range] of Object.entries(list ?? {}))
        if (list !== undefined && names.has(name))
          list[name] = range.startsWith("^") ? `^${version}` : version;
    }
    await writeFile(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
  await Promise.all(paths.map((path) => setConstants(join(path, "..", "src"))));
  await runCommand("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], ROOT);
  console.log(
    `All packages have version ${version}. Now put the date into CHANGELOG.md, commit, and tag v${version}.`,
  );
}

async function readManifest(path: string): Promise<readonly [path: string, manifest: Manifest]> {
  return [path, JSON.parse(await readFile(path, "utf8")) as Manifest];
}

/** Sets the constants that programs state as their version. */
async function setConstants(folder: string): Promise<void> {
  for (const name of ["version.ts", "config.ts"]) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const source = await readFile(path, "utf8");
    await writeFile(
      path,
      source.replace(/^export const VERSION = "[^"]*"/m, `export const VERSION = "${version}"`),
    );
  }
}
