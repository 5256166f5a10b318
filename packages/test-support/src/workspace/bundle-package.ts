import { join } from "node:path";
import { type BuildOptions, type BuildResult, build } from "esbuild";
import type { PublicPackage } from "./public-packages.ts";

/**
 * Bundles a package into one file per entry, with shared and lazily loaded parts in chunks. Commands are bundled
 * separately: sharing chunks with the library would make its import load many small files. Other packages stay imports.
 * See docs/decisions/0010-bundled-packages.md.
 *
 * @param outdir The `dist` directory to write.
 */
export async function bundlePackage(
  { folder, node, entryFiles, commandFiles }: PublicPackage,
  outdir: string,
  options: BuildOptions = {},
): Promise<void> {
  const groups = [entryFiles, ...commandFiles.map((file) => [file])];
  await Promise.all(groups.map((files) => bundle(files)));

  function bundle(files: readonly string[]): Promise<BuildResult> {
    const scripts = new Set(files.filter((path) => /^dist\/.*\.js$/.test(path)));
    return build({
      entryPoints: [...scripts].map((path) => join(folder, path.replace(/^dist\/(.*)\.js$/, "src/$1.ts"))),
      outdir,
      outbase: join(folder, "src"),
      chunkNames: "chunks/[name]-[hash]",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: `node${node}`,
      packages: "external",
      charset: "utf8",
      logLevel: "warning",
      ...options,
    });
  }
}
