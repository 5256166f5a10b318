import { join } from "node:path";
import { build } from "esbuild";

/** Entries that a browser can load. They must not import Node modules. */
const BROWSER_ENTRIES = ["axio", "axio/transport", "axio/testing", "axio-responses", "axio-chat-completions"];

/** Bundles the entries for a browser. esbuild follows all imports and fails on a Node module. */
export async function checkBundles(folder: string): Promise<void> {
  for (const entry of BROWSER_ENTRIES) {
    const { outputFiles } = await build({
      stdin: { contents: `export * from ${JSON.stringify(entry)};`, resolveDir: folder },
      outfile: join(folder, "bundle.js"),
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      write: false,
      logLevel: "silent",
    });
    const bytes = outputFiles.reduce((sum, { contents }) => sum + contents.byteLength, 0);
    console.log(`ok  ${entry} imports no module of Node; minified ${(bytes / 1000).toFixed(1)} kB`);
  }
}
