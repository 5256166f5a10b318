import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly optional?: boolean; readonly dev?: boolean }>
  >;
}

/** Formats a table of the installed packages, largest first, with the total. */
export async function installedSizes(folder: string): Promise<string> {
  const lock = JSON.parse(
    await readFile(join(folder, "node_modules/.package-lock.json"), "utf8"),
  ) as Lockfile;
  const installed = Object.entries(lock.packages).filter(([, { dev }]) => !dev);
  const rows = await Promise.all(
    installed.map(async ([path, { version, optional }]) => ({
      name: `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${version}`,
      note: optional ? "optional" : "",
      bytes: await sizeOf(join(folder, path)),
    })),
  );
  rows.sort((left, right) => right.bytes - left.bytes);
  const total = { name: "in all", note: "", bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0) };
  return [...rows, total]
    .map(({ name, note, bytes }) => `${(bytes / 1000).toFixed(0).padStart(8)}  ${name}  ${note}`.trimEnd())
    .join("\n");
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const item of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    if (item.isFile()) bytes += (await stat(path)).size;
    // A nested package is a row of its own.
    else if (item.isDirectory() && item.name !== "node_modules") bytes += await sizeOf(path);
  }
  return bytes;
}
