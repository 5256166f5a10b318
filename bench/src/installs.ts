import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BENCH_FOLDER, CONTENDERS, type Contender, ROOT_FOLDER, versionOf } from "./contenders.ts";
import { run } from "./processes.ts";

/** The installation of one library alone. */
export interface Footprint {
  readonly packages: number;
  readonly bytes: number;
}

/** A directory with one library. */
export interface Install {
  readonly contender: Contender;
  readonly folder: string;
  readonly footprint: Footprint;
  /** The versions of `contender.packages`. */
  readonly versions: readonly string[];
}

/**
 * Installs each library alone into a directory below `parent`: axio from its packed packages, the peers in the versions of the
 * lock file.
 */
export async function installAll(parent: string): Promise<readonly Install[]> {
  const installs: Install[] = [];
  for (const contender of CONTENDERS) {
    const folder = join(parent, contender.id);
    await mkdir(folder);
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const wanted =
      contender.id === "axio"
        ? await packAxio(contender.packages, join(parent, "packed"))
        : contender.packages.map((name) => `${name}@${versionOf(name, BENCH_FOLDER)}`);
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...wanted], folder);
    const versions = contender.packages.map((name) => versionOf(name, folder));
    installs.push({ contender, folder, versions, footprint: await footprintOf(folder) });
  }
  return installs;
}

/** Packs the packages of the workspace and those that they depend on. Returns the paths of the tarballs. */
async function packAxio(names: readonly string[], folder: string): Promise<readonly string[]> {
  await run(
    join(ROOT_FOLDER, "node_modules/.bin/tsx"),
    ["scripts/pack-all.ts", folder, ...names],
    ROOT_FOLDER,
  );
  return (await readdir(folder)).map((name) => join(folder, name));
}

async function footprintOf(folder: string): Promise<Footprint> {
  const modules = join(folder, "node_modules");
  const lock = await readFile(join(modules, ".package-lock.json"), "utf8");
  const { packages } = JSON.parse(lock) as { readonly packages: object };
  return { packages: Object.keys(packages).length, bytes: await bytesIn(modules) };
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map(async (name) => {
      const stats = await lstat(join(folder, name));
      return stats.isFile() ? stats.size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
