import { access, chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT_FOLDER } from "../contenders.ts";
import { run } from "../processes.ts";

/** Installs Node 24 below `.cache` unless it is there. The newest versions of the peers need it. */
export async function installNode24(): Promise<{ readonly version: string; readonly path: string }> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(ROOT_FOLDER, ".cache/runtimes", `${name}@24`);
  const installed = join(folder, "node_modules", name);
  const path = join(installed, "bin/node");
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), '{"private":true}\n');
    const flags = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
    await run("npm", ["install", ...flags, `${name}@24`], folder);
    await chmod(path, 0o755);
  }
  const { version } = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as {
    readonly version: string;
  };
  return { version, path };
}
