import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";

type Outputs = Metafile["outputs"];

/** A file to write from others, which are no longer needed. */
interface Merger {
  readonly target: string;
  /** The files to merge. An entry among them keeps its exports. */
  readonly parts: readonly string[];
}

interface MergeOptions {
  /** The path of the entry whose chunks are merged. */
  readonly main: string;
  /** Whether chunks move into `internal.js`, and the main entry too. Default: no. */
  readonly inner: { readonly movesMain: boolean } | undefined;
  /** The directory that the paths of the metafile are relative to. */
  readonly root: string;
}

/**
 * Merges the chunks of a bundle that are always loaded together. A bundler splits chunks for each lazily loaded part, and Node
 * needs more time for a small file than for its content.
 *
 * Chunks may move into `internal.js`, since the names that other files import from it are not public. The others are merged
 * if the same entries load them, or if they load no package. No entry loads a package or a module of Node.js because of it
 * that it did not load before.
 */
export async function mergeChunks(
  { outputs }: Metafile,
  { main, inner, root }: MergeOptions,
  options: BuildOptions,
): Promise<void> {
  const internal = join(dirname(main), "internal.js");
  const moved = inner === undefined ? [] : innerParts(outputs, { main, internal, ...inner });
  const groups = groupsOf(outputs, main, new Set(moved)).filter((group) => group.length > 1);
  const mergers: readonly Merger[] = [
    ...(moved.length > 0 ? [{ target: internal, parts: [internal, ...moved] }] : []),
    ...groups.map((parts, index) => ({ target: join(dirname(parts[0] ?? ""), `shared-${index}.js`), parts })),
  ];
  const files = new Set(Object.keys(outputs).filter((path) => path.endsWith(".js")));
  for (const { target, parts } of mergers) {
    await writeMerged(outputs, { target, parts }, root, options);
    for (const part of parts) if (!isPublicEntry(outputs, part)) files.delete(part);
    files.add(target);
    for (const path of files) {
      const text = await readFile(join(root, path), "utf8");
      const changed = parts.reduce(
        (before, part) => before.replaceAll(importOf(path, part), importOf(path, target)),
        text,
      );
      if (changed !== text) await writeFile(join(root, path), changed);
    }
    for (const part of parts) {
      if (part === target) continue;
      if (isPublicEntry(outputs, part)) await writeFacade(outputs, part, target, root);
      else for (const path of [part, `${part}.map`]) await rm(join(root, path), { force: true });
    }
  }
}

/**
 * Returns what moves into `internal.js`: the main entry, if it may and both need the same, and the chunks of these whose other
 * entries need no less.
 */
function innerParts(
  outputs: Outputs,
  { main, internal, movesMain }: { main: string; internal: string; movesMain: boolean },
): readonly string[] {
  const entries = entriesOf(outputs).map((path) => ({
    path,
    loaded: reachOf(outputs, path),
    needs: needsOf(outputs, path),
  }));
  const needs = needsOf(outputs, internal);
  const mainNeeds = needsOf(outputs, main);
  const moved = movesMain && isSubset(needs, mainNeeds) && isSubset(mainNeeds, needs) ? [main] : [];
  const chunks = chunksOf(outputs).filter((chunk) => {
    const users = entries.filter(({ loaded }) => loaded.has(chunk));
    const isInside = users.some(({ path }) => path === internal || moved.includes(path));
    return isInside && users.every((user) => isSubset(needs, user.needs));
  });
  return [...moved, ...chunks];
}

/** Returns the chunks of the main entry that did not move, grouped. */
function groupsOf(
  outputs: Outputs,
  main: string,
  moved: ReadonlySet<string>,
): readonly (readonly string[])[] {
  const entries = entriesOf(outputs);
  const reach = new Map(entries.map((entry) => [entry, reachOf(outputs, entry)]));
  const groups = new Map<string, string[]>();
  for (const chunk of reach.get(main) ?? []) {
    if (chunk === main || moved.has(chunk)) continue;
    const isPure = [...reachOf(outputs, chunk)].every((path) => !outputs[path]?.imports.some(isOfPackage));
    const key = isPure ? "" : entries.filter((entry) => reach.get(entry)?.has(chunk)).join(" ");
    groups.set(key, [...(groups.get(key) ?? []), chunk]);
  }
  return [...groups.values()];
}

function entriesOf(outputs: Outputs): readonly string[] {
  return Object.keys(outputs).filter((path) => isPublicEntry(outputs, path));
}

/** Returns the chunks that are no entries of dynamic imports. */
function chunksOf(outputs: Outputs): readonly string[] {
  return Object.keys(outputs).filter(
    (path) => path.endsWith(".js") && outputs[path]?.entryPoint === undefined,
  );
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

/** Returns the packages and modules of Node.js that an entry loads. The entries of a package that share its code count as one. */
function needsOf(outputs: Outputs, entry: string): ReadonlySet<string> {
  const imports = [...reachOf(outputs, entry)].flatMap((path) => outputs[path]?.imports ?? []);
  return new Set(
    imports.flatMap(({ kind, path, external }) =>
      kind === "import-statement" && external === true ? [path.replace(/\/(?:internal|transport)$/, "")] : [],
    ),
  );
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((name) => whole.has(name));
}

function isOfPackage({ kind, path, external }: { kind: string; path: string; external?: boolean }): boolean {
  return kind === "import-statement" && external === true && !path.startsWith("node:");
}

async function writeMerged(
  outputs: Outputs,
  { target, parts }: Merger,
  root: string,
  options: BuildOptions,
): Promise<void> {
  const outfile = join(root, target);
  const inside = new Set(parts.map((part) => join(root, part)));
  await build({
    ...options,
    absWorkingDir: root,
    stdin: {
      contents: parts.map((part) => `export * from ${importOf(target, part)};`).join("\n"),
      resolveDir: dirname(outfile),
    },
    outfile,
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    plugins: [
      {
        name: "other-files",
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
            const file = resolve(resolveDir, path);
            // Also what changes only its own state.
            if (inside.has(file)) return { path: file, sideEffects: true };
            const rebased = JSON.parse(importOf(outfile, file)) as string;
            return { path: rebased, external: true };
          }),
      },
    ],
  });
  const { metafile } = await build({
    entryPoints: [outfile],
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const exported = new Set(Object.values(metafile.outputs).flatMap(({ exports }) => exports));
  const names = parts.flatMap((part) => outputs[part]?.exports ?? []);
  const lost = names.filter((name) => !exported.has(name));
  if (lost.length > 0) throw new Error(`Two parts of ${outfile} export another ${lost.join(", ")}.`);
}

/** Leaves an entry whose code moved with its own exports. */
async function writeFacade(outputs: Outputs, entry: string, target: string, root: string): Promise<void> {
  const names = outputs[entry]?.exports.join(", ") ?? "";
  await writeFile(join(root, entry), `export { ${names} } from ${importOf(entry, target)};\n`);
  await rm(join(root, `${entry}.map`), { force: true });
}

/** The text with which a file imports another one. */
function importOf(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return JSON.stringify(path.startsWith(".") ? path : `./${path}`);
}
