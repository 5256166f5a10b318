import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import type { PublicPackage } from "./public-packages.ts";

/** The `internal.js` of a package. */
interface Inner {
  readonly specifier: string;
  readonly names: ReadonlySet<string>;
}

/**
 * Lets the bundles of packages import each other's `internal.js` instead of an entry that hands on what is in it: Node needs
 * longer to find and read a file than to compile a hundred lines.
 *
 * @param distOf Returns the `dist` directory of a package.
 */
export async function importDirectly(
  packages: readonly PublicPackage[],
  distOf: (entry: PublicPackage) => string,
): Promise<void> {
  const inners = new Map<string, Inner>();
  for (const entry of packages)
    for (const [specifier, inner] of await innersOf(entry, distOf(entry))) inners.set(specifier, inner);
  for (const entry of packages) {
    const dist = distOf(entry);
    for (const path of await readdir(dist, { recursive: true })) {
      if (!path.endsWith(".js")) continue;
      const text = await readFile(join(dist, path), "utf8");
      const changed = redirect(text, inners);
      if (changed !== text) await writeFile(join(dist, path), changed);
    }
  }
}

/** Returns the `internal.js` of a package for each entry that loads it. */
async function innersOf(
  { name, scripts }: PublicPackage,
  dist: string,
): Promise<readonly (readonly [entry: string, inner: Inner])[]> {
  const specifier = `${name}/internal`;
  const script = scripts.get(specifier);
  if (script === undefined) return [];
  const pathOf = (file: string): string => join(dist, file.replace(/^dist\//, ""));
  const { metafile } = await build({ entryPoints: [pathOf(script)], write: false, metafile: true });
  const names = new Set(Object.values(metafile.outputs).flatMap(({ exports }) => exports));
  const inners: (readonly [string, Inner])[] = [];
  for (const [entry, file] of scripts) {
    const text = await readFile(pathOf(file), "utf8");
    if (/ from "(?:\.\.?\/)+internal\.js";/.test(text)) inners.push([entry, { specifier, names }]);
  }
  return inners;
}

/** Changes the imports whose names are all in the `internal.js` of their package. */
function redirect(text: string, inners: ReadonlyMap<string, Inner>): string {
  return text.replace(
    /^((?:import|export) \{([^}]*)\} from )"([^"]+)";$/gm,
    (statement, head: string, list: string, imported: string) => {
      const { specifier, names } = inners.get(imported) ?? { specifier: imported, names: new Set() };
      const wanted = list.split(",").flatMap((name) => name.trim().split(" as ")[0] || []);
      return wanted.every((name) => names.has(name)) ? `${head}"${specifier}";` : statement;
    },
  );
}
