import { join, relative } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { mergeChunks } from "./merge-chunks.ts";
import { type PublicPackage, ROOT } from "./public-packages.ts";

/**
 * The packages that a transport loads before its first request. Their chunks move into `internal.js`, and their main entry
 * too, except that of `axio-auth`, which has the sign-in.
 */
const LOADED_FIRST: Readonly<Record<string, { readonly movesMain: boolean }>> = {
  axio: { movesMain: true },
  "axio-http": { movesMain: true },
  "axio-transport-kit": { movesMain: true },
  "axio-auth": { movesMain: false },
};

/** The entries for runtimes without the modules of Node.js, whose code the others would otherwise load as files of its own. */
const PORTABLE_ENTRIES: ReadonlySet<string> = new Set(["dist/edge.js", "dist/tokens.js"]);

/** The entries whose names are all in `internal.js` of their package. Bundles import that file instead, which saves one. */
const HANDED_ON = ["axio", "axio/transport", "axio-http", "axio-transport-kit"];

/** The same for bundles that need Node.js anyway. */
const HANDED_ON_IN_NODE = [...HANDED_ON, "axio-auth/tokens"];

/**
 * Bundles a package into one file per entry, with shared and lazily loaded parts in chunks. Commands and portable entries are
 * bundled separately: sharing chunks with the library would make its import load many small files. Other packages, and files
 * that depend on the runtime, stay imports.
 * See docs/decisions/0010-bundled-packages.md.
 *
 * @param outdir The `dist` directory to write.
 */
export async function bundlePackage(
  {
    name,
    folder,
    node,
    entryFiles,
    commandFiles,
  }: Pick<PublicPackage, "name" | "folder" | "node" | "entryFiles" | "commandFiles">,
  outdir: string,
  options: BuildOptions = {},
): Promise<void> {
  const portable = entryFiles.filter((file) => PORTABLE_ENTRIES.has(file));
  const others = entryFiles.filter((file) => !PORTABLE_ENTRIES.has(file));
  await Promise.all([
    bundle(others, "[name]-[hash]", HANDED_ON_IN_NODE),
    ...portable.map((file) => bundle([file], "portable-[name]-[hash]", HANDED_ON)),
    ...commandFiles.map((file) => bundle([file], "command-[name]-[hash]", HANDED_ON_IN_NODE)),
  ]);

  async function bundle(
    files: readonly string[],
    chunkNames: string,
    redirected: readonly string[],
  ): Promise<void> {
    const scripts = new Set(files.filter((path) => /^dist\/.*\.js$/.test(path)));
    const common: BuildOptions = {
      platform: "node",
      target: `node${node}`,
      packages: "external",
      // The runtime of the user decides.
      external: ["#*"],
      logLevel: "warning",
      ...options,
    };
    const { metafile } = await build({
      ...common,
      entryPoints: [...scripts].map((path) => join(folder, path.replace(/^dist\/(.*)\.js$/, "src/$1.ts"))),
      outdir,
      outbase: join(folder, "src"),
      chunkNames: `chunks/${chunkNames}`,
      bundle: true,
      splitting: true,
      format: "esm",
      absWorkingDir: ROOT,
      metafile: true,
      plugins: [importInternal(new Set(redirected))],
    });
    const main = relative(ROOT, join(outdir, "index.js"));
    if (main in metafile.outputs)
      await mergeChunks(metafile, { main, inner: LOADED_FIRST[name], root: ROOT }, common);
  }
}

/** Imports `internal.js` of other packages instead of some of their entries. */
function importInternal(entries: ReadonlySet<string>): Plugin {
  return {
    name: "import-internal",
    setup: ({ onResolve }) =>
      onResolve({ filter: /^axio/ }, ({ path }) =>
        entries.has(path) ? { path: `${path.split("/", 1)[0]}/internal`, external: true } : undefined,
      ),
  };
}
