import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { readPublicPackages } from "./check-packages/public-packages.ts";

/**
 * Puts the sources of each package into one file an entry, and shared and lazily imported parts into files of their own.
 * A command shares none with what is imported: whoever imports the package would load many small files for its sake.
 * Other packages stay imports. The types come from `tsc -b`; see docs/decisions/0010.
 */
for (const { folder, entryFiles, commandFiles } of await readPublicPackages()) {
  const dist = join(folder, "dist");
  // What an earlier build left would be packed along.
  for (const name of await readdir(dist, { recursive: true })) {
    if (/\.js(?:\.map)?$/.test(name)) await rm(join(dist, name));
  }
  const { engines } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    engines: { node: string };
  };
  for (const files of [entryFiles, ...commandFiles.map((file) => [file])]) {
    const scripts = new Set(files.filter((path) => /^dist\/.*\.js$/.test(path)));
    await build({
      entryPoints: [...scripts].map((path) => join(folder, path.replace(/^dist\/(.*)\.js$/, "src/$1.ts"))),
      outdir: dist,
      outbase: join(folder, "src"),
      chunkNames: "chunks/[name]-[hash]",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: `node${engines.node.replace(/[^\d.]/g, "")}`,
      packages: "external",
      sourcemap: true,
      // The sources are in the package.
      sourcesContent: false,
      charset: "utf8",
      logLevel: "warning",
    });
  }
}
