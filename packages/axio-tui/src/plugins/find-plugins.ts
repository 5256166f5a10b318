import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { PackageContents } from "../trust/folder-contents.ts";
import { choosePlugins, groupByKind, type PlacedPackage } from "./choose-plugins.ts";
import type { FoundPlugins, PluginProblem } from "./found-plugins.ts";
import { listPackages, readPackage } from "./list-packages.ts";
import { type LoadOptions, loadPlugin } from "./load-plugin.ts";
import type { ManifestResult } from "./manifest.ts";
import { moduleDirs, type SearchPlaces } from "./module-dirs.ts";
import { describePlugin, pluginError } from "./plugin-error.ts";
import { assertUnchanged, hashProject } from "./project-packages.ts";

const DEFAULT_TIMEOUT_MS = 20_000;

/** Where to find plugins, and the user's decisions about them. */
export interface FindPluginsOptions extends Partial<SearchPlaces> {
  readonly cwd: string;
  readonly appDir: string;
  /** Packages and directories in the settings. A relative directory is below `listedFrom`. */
  readonly listed?: readonly string[] | undefined;
  /** Default: `cwd`. */
  readonly listedFrom?: string | undefined;
  /** Names of plugins (`"tools/clock"`) and packages that are not used. Default: none. */
  readonly disabled?: readonly string[] | undefined;
  /** Returns whether the plugins of a project may run, `undefined` if the user has to be asked. Default: nothing is trusted. */
  readonly isTrusted?: ((pack: PackageContents) => boolean | undefined) | undefined;
  /** Conditions of `exports`, in addition to those of Node. */
  readonly conditions?: readonly string[] | undefined;
  /** How long a plugin may take to load, in milliseconds. Default: 20,000. */
  readonly loadTimeoutMs?: number | undefined;
  /** How long a plugin may take to open, in milliseconds. Default: 20,000. */
  readonly openTimeoutMs?: number | undefined;
}

/**
 * Finds the installed plugins: packages listed in the settings, in `node_modules` of the project and the directories above it,
 * next to the app, and installed globally, in this order. It only reads `package.json` files; `load()` loads a plugin.
 */
export async function findPlugins(options: FindPluginsOptions): Promise<FoundPlugins> {
  const places = withDefaults(options);
  const directories = await moduleDirs(places);
  const installed = await Promise.all(
    directories.map(async ({ path, origin }) => ({ origin, results: await listPackages(path) })),
  );
  const listed = await readListed(
    options,
    directories.map(({ path }) => path),
    places.home,
  );
  const groups = [{ origin: "listed" as const, results: listed.results }, ...installed];
  const packages = groups.flatMap(({ origin, results }) =>
    results.flatMap(({ found }): readonly PlacedPackage[] =>
      found === undefined ? [] : [{ pack: found, origin }],
    ),
  );
  const { disabled = [], isTrusted = () => undefined } = options;
  const hashed = await hashProject(packages.filter(({ origin }) => origin === "project"));
  const trust = new Map(
    hashed.project.flatMap((pack): readonly (readonly [string, boolean])[] => {
      const answer = isTrusted(pack);
      return answer === undefined ? [] : [[pack.packageDir, answer]];
    }),
  );
  const usable = packages.filter(
    ({ pack, origin }) => origin !== "project" || !hashed.unusable.has(pack.packageDir),
  );
  const choice = choosePlugins(usable, { disabled, trust });
  const conditions = new Set(["node", "import", ...(options.conditions ?? [])]);
  const { loadTimeoutMs = DEFAULT_TIMEOUT_MS, openTimeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const loading: LoadOptions = { conditions, loadTimeoutMs, openTimeoutMs };
  const problems = groups.flatMap(({ results }) => results).flatMap(toProblems);
  return {
    ...groupByKind(choice.chosen, ({ pack, origin, declaration }) => {
      const trusted =
        origin === "project"
          ? hashed.project.find(({ packageDir }) => packageDir === pack.packageDir)
          : undefined;
      return once(async () => {
        if (trusted !== undefined) await assertUnchanged(pack, trusted.hash);
        return loadPlugin(pack, declaration, loading);
      });
    }),
    problems: [
      ...listed.problems,
      ...hashed.problems,
      ...problems.filter(({ packageName }) => !disabled.includes(packageName)),
      ...choice.problems,
    ],
    untrusted: choice.untrusted,
    project: hashed.project,
    disabled: choice.disabled,
  };
}

function withDefaults(options: FindPluginsOptions): SearchPlaces {
  return {
    cwd: options.cwd,
    appDir: options.appDir,
    env: options.env ?? process.env,
    platform: options.platform ?? process.platform,
    execPath: options.execPath ?? process.execPath,
    home: options.home ?? homedir(),
  };
}

interface Listed {
  readonly results: readonly ManifestResult[];
  readonly problems: readonly PluginProblem[];
}

/**
 * Reads the packages listed in the settings. A listed name that is installed in the project still counts as part of the
 * project, because its author may have put anything there under a known name.
 */
async function readListed(
  options: FindPluginsOptions,
  directories: readonly string[],
  home: string,
): Promise<Listed> {
  const results: ManifestResult[] = [];
  const problems: PluginProblem[] = [];
  const from = options.listedFrom ?? options.cwd;
  for (const entry of options.listed ?? []) {
    const isDirectory = isAbsolute(entry) || /^(?:~|\.{1,2})(?:[\\/]|$)/.test(entry);
    const result = isDirectory
      ? await readPackage(resolve(from, entry.replace(/^~(?=[\\/]|$)/, home)))
      : await readPackage(join(from, "node_modules", entry), entry);
    if (!isEmpty(result)) results.push(result);
    else if (isDirectory || !(await isInstalled(entry, directories)))
      problems.push(missingPlugin(entry, isDirectory));
  }
  return { results, problems };
}

async function isInstalled(name: string, directories: readonly string[]): Promise<boolean> {
  const results = await Promise.all(directories.map((directory) => readPackage(join(directory, name), name)));
  return results.some((result) => !isEmpty(result));
}

function isEmpty({ found, problems }: ManifestResult): boolean {
  return found === undefined && problems.length === 0;
}

function missingPlugin(entry: string, isDirectory: boolean): PluginProblem {
  const what = isDirectory
    ? "the settings list this folder, but it has no package that declares plugins"
    : "the settings list it, but no package of this name that declares plugins is installed";
  const remedy = isDirectory
    ? `Correct the path, or remove it from "plugins" in the settings.`
    : `Install it (npm install --global ${entry}), or remove it from "plugins" in the settings.`;
  const subject = describePlugin({ packageName: entry, packageVersion: "" });
  return { packageName: entry, error: pluginError(subject, what, remedy) };
}

function toProblems({ packageName, problems }: ManifestResult): readonly PluginProblem[] {
  return problems.map((problem) => ({ packageName, ...problem }));
}

/** Calls once. A failure is cached, too, because Node does not load a failed module again. */
function once<Result>(call: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= call();
    return result;
  };
}
