import { createHash, type Hash } from "node:crypto";
import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { isJsonObject } from "axio";
import { errorCode } from "axio/internal";
import { isInside, readContainedFile } from "axio-tools-local/contained-file";

const MAX_ENTRIES = 20_000;
const MAX_BYTES = 200_000_000;
const MAX_FILE_BYTES = 50_000_000;

/** The hash of a package, or why it cannot be trusted. */
export type PackageHash =
  | { readonly hash: string }
  | {
      /** The end of a sentence: `"it has more than 20,000 files"`. */
      readonly problem: string;
    };

/**
 * Returns the SHA-256 of the files of a package and of the packages that it depends on or contains: what can run when it is
 * loaded. Follows no link out of a package.
 *
 * @param directory The directory of the package, without links.
 */
export async function hashPackage(directory: string): Promise<PackageHash> {
  const hasher = new PackageHasher();
  try {
    await hasher.add(directory);
    return { hash: hasher.digest() };
  } catch (error) {
    if (error instanceof UntrustworthyError) return { problem: error.message };
    return { problem: `its files cannot be read (${errorCode(error) ?? "unknown error"})` };
  }
}

/** A package whose content cannot be determined. */
class UntrustworthyError extends Error {}

class PackageHasher {
  readonly #hash: Hash = createHash("sha256");
  readonly #seen = new Set<string>();
  #entries = 0;
  #bytes = 0;

  digest(): string {
    return this.#hash.digest("hex");
  }

  async add(directory: string): Promise<void> {
    if (this.#seen.has(directory)) return;
    this.#seen.add(directory);
    this.#field(`package ${this.#seen.size}`);
    const contained: string[] = [];
    await this.#addDirectory(directory, directory, contained);
    const names = new Set([...contained, ...(await dependencyNames(directory))]);
    for (const name of [...names].sort()) {
      const found = await resolvePackage(directory, name);
      this.#field(`dependency ${name} ${found === undefined ? "missing" : "found"}`);
      if (found !== undefined) await this.add(found);
    }
  }

  async #addDirectory(root: string, directory: string, contained: string[]): Promise<void> {
    this.#count(0);
    for (const name of (await readdir(directory)).sort()) {
      const path = join(directory, name);
      if (name === "node_modules") {
        contained.push(...(await packageNames(path)));
        continue;
      }
      if (name === ".git") continue;
      const stats = await lstat(path);
      if (stats.isDirectory()) await this.#addDirectory(root, path, contained);
      else if (stats.isSymbolicLink()) await this.#addLink(root, path);
      else if (stats.isFile()) await this.#addFile(root, path);
    }
  }

  async #addLink(root: string, path: string): Promise<void> {
    const target = await realpath(path).catch(() => undefined);
    if (target !== undefined && !isInside(root, target))
      throw new UntrustworthyError(`its link ${relative(root, path)} leads out of the package`);
    this.#field(`link ${relative(root, path)}`);
    this.#field(await readlink(path));
  }

  async #addFile(root: string, path: string): Promise<void> {
    const name = relative(root, path);
    const file = await readContainedFile(root, name, MAX_FILE_BYTES);
    if (file.status !== "read")
      throw new UntrustworthyError(
        `its file ${name} cannot be read${file.status === "refused" ? `: ${file.problem}` : ""}`,
      );
    this.#count(file.bytes.length);
    this.#field(`file ${name}`);
    this.#field(file.bytes);
  }

  #count(bytes: number): void {
    this.#entries += 1;
    this.#bytes += bytes;
    if (this.#entries > MAX_ENTRIES || this.#bytes > MAX_BYTES)
      throw new UntrustworthyError(
        `with its dependencies it has more than ${MAX_ENTRIES} files or ${MAX_BYTES / 1e6} MB`,
      );
  }

  #field(value: string | Buffer): void {
    this.#hash.update(`${Buffer.byteLength(value)}:`).update(value);
  }
}

async function dependencyNames(directory: string): Promise<readonly string[]> {
  const file = await readContainedFile(directory, "package.json", MAX_FILE_BYTES);
  if (file.status !== "read") return [];
  let manifest: unknown;
  try {
    manifest = JSON.parse(file.bytes.toString("utf8").replace(/^\uFEFF/, ""));
  } catch {
    return [];
  }
  if (!isJsonObject(manifest)) return [];
  return ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((member) => {
    const names = manifest[member];
    return isJsonObject(names) ? Object.keys(names) : [];
  });
}

/** Returns the directory in which Node resolves a package, without links. */
async function resolvePackage(from: string, name: string): Promise<string | undefined> {
  for (let at = from; ; at = dirname(at)) {
    const found = await realpath(join(at, "node_modules", name)).catch(() => undefined);
    if (found !== undefined && (await lstat(found)).isDirectory()) return found;
    if (dirname(at) === at) return undefined;
  }
}

async function packageNames(modules: string): Promise<readonly string[]> {
  const names = (await readdir(modules).catch(() => [])).filter((name) => !name.startsWith("."));
  const nested = await Promise.all(
    names.map(async (name) =>
      name.startsWith("@")
        ? (await readdir(join(modules, name)).catch(() => [])).map((inner) => `${name}/${inner}`)
        : [name],
    ),
  );
  return nested.flat();
}
