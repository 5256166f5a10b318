import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { readPublicPackages } from "./check-packages/public-packages.ts";

/**
 * Bundles each package into one file per entry, with shared and lazily loaded parts in chunks. Commands are bundled separately:
 * sharing chunks with the library would make its import load many small files. Other packages stay imports. `tsc -b` emits the
 * types. See docs/decisions/0010-bundled-packages.md.
 */
for (const { folder, entryFiles, commandFiles } of await readPublicPackages()) {
  const dist = join(folder, "dist");
  // Files of an earlier build would be packed.
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
      // The package contains the sources.
      sourcesContent: false,
      charset: "utf8",
      logLevel: "warning",
    });
  }
}
