import { createHash } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/test-scripts", import.meta.url));
/** Packages with native code, optional ones, and one that loads optional ones. */
const EXTERNAL = ["@dbos-inc/*", "@libsql/*", "@napi-rs/*", "libsql", "pg-native", "react-devtools-core"];

/** The paths of the bundles, by the script. Test files of a process use the same ones. */
const bundled = new Map<string, Promise<string>>();

/** A script that a test writes, and the directory to which its imports are relative. */
export interface InlineScript {
  readonly code: string;
  readonly directory: string;
}

/**
 * Bundles a TypeScript script and everything it imports into one file for Node. A process that starts from it takes a
 * tenth of a second, where one that compiles the sources as it loads them takes a second of processor time.
 *
 * @returns The path of the file.
 */
export function bundleScript(script: string | InlineScript): Promise<string> {
  const key = JSON.stringify(script);
  const path = bundled.get(key) ?? bundle(script);
  bundled.set(key, path);
  return path;
}

async function bundle(script: string | InlineScript): Promise<string> {
  const result = await build({
    ...(typeof script === "string"
      ? { entryPoints: [script] }
      : { stdin: { contents: script.code, resolveDir: script.directory, loader: "ts" as const } }),
    outdir: CACHE,
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["axio-source"],
    mainFields: ["module", "main"],
    external: EXTERNAL,
    banner: {
      js: 'import { createRequire as createBundleRequire } from "node:module"; const require = createBundleRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  const code = result.outputFiles[0]?.contents ?? new Uint8Array();
  const path = join(CACHE, `${createHash("sha256").update(code).digest("hex").slice(0, 16)}.mjs`);
  // Several test files may write the same bundle at the same time.
  await mkdir(CACHE, { recursive: true });
  await writeFile(`${path}.${process.pid}`, code);
  await rename(`${path}.${process.pid}`, path);
  return path;
}
