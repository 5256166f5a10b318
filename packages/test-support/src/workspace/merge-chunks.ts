import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";

type Outputs = Metafile["outputs"];

/**
 * Merges the chunks of a bundle that are always loaded together. A bundler splits chunks for each lazily loaded part, and Node
 * needs more time for a small file than for its content.
 *
 * No entry loads another package because of it: chunks are merged if the same entries load them, or if they load no package.
 *
 * @param main The path of the entry whose chunks are merged.
 * @param root The directory that the paths of the metafile are relative to.
 */
export async function mergeChunks(
  { outputs }: Metafile,
  main: string,
  root: string,
  options: BuildOptions,
): Promise<void> {
  const groups = groupsOf(outputs, main).filter((group) => group.length > 1);
  const files = new Set(Object.keys(outputs).filter((path) => path.endsWith(".js")));
  for (const [index, group] of groups.entries()) {
    const target = join(dirname(group[0] ?? ""), `shared-${index}.js`);
    await writeMerged(outputs, group, join(root, target), { ...options, absWorkingDir: root });
    for (const chunk of group) files.delete(chunk);
    for (const path of files) {
      const text = await readFile(join(root, path), "utf8");
      const changed = group.reduce(
        (before, chunk) => before.replaceAll(importOf(path, chunk), importOf(path, target)),
        text,
      );
      if (changed !== text) await writeFile(join(root, path), changed);
    }
    files.add(target);
    for (const path of group.flatMap((chunk) => [chunk, `${chunk}.map`]))
      await rm(join(root, path), { force: true });
  }
}

/** Returns the chunks of the main entry, grouped. */
function groupsOf(outputs: Outputs, main: string): readonly (readonly string[])[] {
  const entries = Object.keys(outputs).filter((path) => isPublicEntry(outputs, path));
  const reach = new Map(entries.map((entry) => [entry, reachOf(outputs, entry)]));
  const groups = new Map<string, string[]>();
  for (const chunk of reach.get(main) ?? []) {
    if (chunk === main) continue;
    const isPure = [...reachOf(outputs, chunk)].every((path) => !outputs[path]?.imports.some(isOfPackage));
    const key = isPure ? "" : entries.filter((entry) => reach.get(entry)?.has(chunk)).join(" ");
    groups.set(key, [...(groups.get(key) ?? []), chunk]);
  }
  return [...groups.values()];
}

/** Entries of dynamic imports are in the directory of the chunks. */
function isPublicEntry(outputs: Outputs, path: string): boolean {
  return outputs[path]?.entryPoint !== undefined && basename(dirname(path)) !== "chunks";
}

/** Returns the files that a file loads at once, itself included. */
function reachOf(outputs: Outputs, start: string): ReadonlySet<string> {
  const found = new Set([start]);
  for (const path of found) {
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? [])
      if (kind === "import-statement" && external !== true) found.add(imported);
  }
  return found;
}

function isOfPackage({ kind, path, external }: { kind: string; path: string; external?: boolean }): boolean {
  return kind === "import-statement" && external === true && !path.startsWith("node:");
}

async function writeMerged(
  outputs: Outputs,
  group: readonly string[],
  outfile: string,
  options: BuildOptions,
): Promise<void> {
  const names = group.flatMap((chunk) => outputs[chunk]?.exports ?? []);
  if (new Set(names).size !== names.length) throw new Error(`Two chunks of ${outfile} export the same name.`);
  const inside = new Set(group.map((chunk) => resolve(options.absWorkingDir ?? "", chunk)));
  await build({
    ...options,
    stdin: {
      contents: group.map((chunk) => `export * from ${JSON.stringify(`./${basename(chunk)}`)};`).join("\n"),
      resolveDir: dirname(outfile),
    },
    outfile,
    bundle: true,
    format: "esm",
    plugins: [
      {
        name: "other-files",
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) =>
            inside.has(resolve(resolveDir, path)) ? undefined : { path, external: true },
          ),
      },
    ],
  });
}

/** The text with which a file imports another one. */
function importOf(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return JSON.stringify(path.startsWith(".") ? path : `./${path}`);
}
