import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleScript } from "../bundle-script.ts";

/**
 * Bundles a plugin of the workspace that is written in TypeScript, for a process that starts from `builtPackages`.
 *
 * @param source The directory of the plugin. Its declarations name `./plugin.ts`.
 * @param target The directory to create.
 */
export async function bundledPlugin(source: string, target: string): Promise<void> {
  const manifest = await readFile(join(source, "package.json"), "utf8");
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "package.json"), manifest.replaceAll("./plugin.ts", "./plugin.mjs"));
  await copyFile(await bundleScript(join(source, "plugin.ts")), join(target, "plugin.mjs"));
}
