import type { Dirent } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { errorCode } from "axio/internal";
import { readContainedFile } from "axio-tools-local/contained-file";
import { type ManifestResult, readManifest } from "./manifest.ts";
import { describePlugin, pluginError } from "./plugin-error.ts";

/** How many files are read at once. */
const CONCURRENCY = 32;
/** The largest `package.json` that is read. */
const MAX_MANIFEST_BYTES = 2_000_000;
/** Error codes of a directory without a package. */
const ABSENT = new Set(["ENOENT", "ENOTDIR"]);

/** Reads the packages in a `node_modules` directory. Returns those that declare plugins, or try to, sorted by name. */
export async function listPackages(modules: string): Promise<readonly ManifestResult[]> {
  const names = await packageNames(modules);
  const results: ManifestResult[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < names.length; index = next++) {
      const name = names[index] ?? "";
      const result = await readPackage(join(modules, name), name);
      if (result.found !== undefined || result.problems.length > 0) results.push(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, names.length) }, work));
  return results.sort((left, right) => (left.packageName < right.packageName ? -1 : 1));
}

/**
 * Reads the plugins that the package in a directory declares.
 *
 * @param name The name under which it is installed.
 */
export async function readPackage(
  directory: string,
  name: string = basename(directory),
): Promise<ManifestResult> {
  let packageDir: string;
  try {
    packageDir = await realpath(directory);
  } catch (cause) {
    const code = errorCode(cause) ?? "unknown error";
    if (ABSENT.has(code)) return { packageName: name, problems: [] };
    const what = code === "ELOOP" ? "its folder is a link to itself" : `its folder cannot be read (${code})`;
    return unreadable(name, directory, what, cause);
  }
  const file = await readContainedFile(packageDir, "package.json", MAX_MANIFEST_BYTES);
  if (file.status === "missing") return { packageName: name, problems: [] };
  if (file.status === "refused")
    return unreadable(name, directory, `its package.json is not used: ${file.problem}`);
  return readManifest(file.bytes.toString("utf8"), packageDir, name);
}

function unreadable(name: string, directory: string, what: string, cause?: unknown): ManifestResult {
  const subject = describePlugin({ packageName: name, packageVersion: "" });
  const remedy = `Install it again, or check who owns ${directory}.`;
  return { packageName: name, problems: [{ error: pluginError(subject, what, remedy, cause) }] };
}

async function packageNames(modules: string): Promise<readonly string[]> {
  const entries = await entriesOf(modules);
  const names = await Promise.all(
    entries.map(async ({ name }) =>
      name.startsWith("@")
        ? (await entriesOf(join(modules, name))).map((entry) => `${name}/${entry.name}`)
        : [name],
    ),
  );
  return names.flat();
}

/** Returns the packages of a directory, without the hidden entries of package managers. Empty if it does not exist. */
async function entriesOf(directory: string): Promise<readonly Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter(
    (entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith("."),
  );
}
