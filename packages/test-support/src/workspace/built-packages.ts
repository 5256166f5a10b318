import { cp, mkdir, readdir, realpath, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { RUN_DIRECTORY } from "../run-directory.ts";
import { bundlePackage } from "./bundle-package.ts";
import { type PublicPackage, ROOT, readPublicPackages } from "./public-packages.ts";

/**
 * Builds the public packages as users install them, once in a run of the tests. A process that starts from them takes a
 * tenth of the processor time of one that compiles the sources as it loads them.
 *
 * @returns A `node_modules` directory with them and all that they depend on.
 */
export async function builtPackages(): Promise<string> {
  if (RUN_DIRECTORY === undefined)
    throw new Error("Start the tests with npm test, which makes their directory.");
  const built = join(await realpath(RUN_DIRECTORY), "built");
  const started = `${built}-${process.pid}`;
  try {
    await readdir(built);
  } catch {
    await buildInto(join(started, "node_modules"));
    // Other test files may have built at the same time.
    await rename(started, built).catch(() => rm(started, { recursive: true }));
  }
  return join(built, "node_modules");
}

async function buildInto(modules: string): Promise<void> {
  await mkdir(modules, { recursive: true });
  await linkContents(join(ROOT, "node_modules"), modules);
  await Promise.all(
    (await readPublicPackages()).map((entry) => buildPackage(entry, join(modules, entry.name))),
  );
}

async function buildPackage(entry: PublicPackage, folder: string): Promise<void> {
  await bundlePackage(entry, join(folder, "dist"));
  await cp(join(entry.folder, "package.json"), join(folder, "package.json"));
  await mkdir(join(folder, "node_modules"));
  await linkContents(join(entry.folder, "node_modules"), join(folder, "node_modules"));
}

/** Links the packages of a `node_modules` directory into another one, except for those of the workspace. */
async function linkContents(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith("."))
      await symlink(join(from, entry.name), join(to, entry.name));
  }
}
