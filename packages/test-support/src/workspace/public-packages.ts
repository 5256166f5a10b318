import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The root of the workspace. */
export const ROOT: string = join(import.meta.dirname, "../../../..");

/** A file, or one for each condition. */
type Target = string | { readonly [condition: string]: Target };

/** The members of a `package.json` that the check reads. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly engines: { readonly node: string };
  readonly exports: Readonly<Record<string, Target>>;
  readonly imports?: Readonly<Record<string, Target>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package that is published. */
export interface PublicPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** The names of its runtime dependencies. */
  readonly dependencies: readonly string[];
  /** The oldest version of Node that it supports, such as `20.19`. */
  readonly node: string;
  /** The entries that users can import, such as `axio` and `axio/testing`; without `package.json`. */
  readonly entries: readonly string[];
  readonly commands: readonly string[];
  /** The files behind `entries`, with their types, and those that depend on the runtime. */
  readonly entryFiles: readonly string[];
  /** The files behind `commands`. */
  readonly commandFiles: readonly string[];
}

/** Returns the packages of the workspace that are not private. */
export async function readPublicPackages(): Promise<readonly PublicPackage[]> {
  const packages: PublicPackage[] = [];
  for (const name of (await readdir(join(ROOT, "packages"))).sort()) {
    const folder = join(ROOT, "packages", name);
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
    if (manifest.private !== true) packages.push(describe(manifest, folder));
  }
  return packages;
}

function describe(
  { name, version, exports, imports = {}, engines, bin = {}, dependencies = {} }: Manifest,
  folder: string,
): PublicPackage {
  const plain = (path: string): string => path.replace(/^\.\//, "");
  return {
    name,
    version,
    folder,
    dependencies: Object.keys(dependencies),
    node: engines.node.replace(/[^\d.]/g, ""),
    entries: Object.keys(exports)
      .filter((subpath) => subpath !== "./package.json")
      .map((subpath) => name + subpath.slice(1)),
    commands: Object.keys(bin),
    entryFiles: [...filesOf(exports), ...filesOf(imports)].map(plain),
    commandFiles: Object.values(bin).map(plain),
  };
}

function filesOf(target: Target): readonly string[] {
  return typeof target === "string" ? [target] : Object.values(target).flatMap(filesOf);
}
