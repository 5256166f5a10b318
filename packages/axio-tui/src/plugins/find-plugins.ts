import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { choosePlugins, groupByKind, type PlacedPackage } from "./choose-plugins.ts";
import type { FoundPlugins, PluginProblem } from "./found-plugins.ts";
import { listPackages, readPackage } from "./list-packages.ts";
import { type LoadOptions, loadPlugin } from "./load-plugin.ts";
import type { ManifestResult } from "./manifest.ts";
import { moduleFolders, type SearchPlaces } from "./module-folders.ts";
import { describePlugin, pluginError } from "./plugin-error.ts";
import { shareReact } from "./share-react.ts";

/** How long a plugin may take to load, and how long until it is ready, in milliseconds. */
const DEFAULT_LIMIT_MS = 20_000;

/** Where to look for plugins, and what the person has decided about them. */
export interface FindPluginsOptions extends Partial<SearchPlaces> {
  readonly folder: string;
  readonly appFolder: string;
  /** Packages and folders to look into besides, as the settings name them. A relative folder is below `listedFrom`. */
  readonly listed?: readonly string[];
  /** Default: the folder. */
  readonly listedFrom?: string;
  /** Names of plugins (`"tools/clock"`) and of packages that are not to be used. */
  readonly disabled?: readonly string[];
  /** By a package's folder, whether the plugins of a project may run. Those it does not name are not loaded. */
  readonly trust?: Readonly<Record<string, boolean>>;
  /** The conditions under which entries of packages are looked up, besides Node's own. */
  readonly conditions?: readonly string[];
  /** How long a plugin may take to load, in milliseconds. Default 20,000. */
  readonly loadLimitMs?: number;
  /** How long a plugin may take until it is ready, in milliseconds. Default 20,000. */
  readonly openLimitMs?: number;
}

/**
 * Finds the plugins that are installed: the packages that the settings list, those in the `node_modules` of the project and the
 * folders above it, those beside the app, and the global ones, in this order. Reads `package.json` files only; nothing of a
 * plugin is loaded until its `load` is called.
 */
export async function findPlugins(options: FindPluginsOptions): Promise<FoundPlugins> {
  const places = withDefaults(options);
  const folders = await moduleFolders(places);
  const installed = await Promise.all(
    folders.map(async ({ path, origin }) => ({ origin, results: await listPackages(path) })),
  );
  const listed = await readListed(
    options,
    folders.map(({ path }) => path),
    places.home,
  );
  const groups = [{ origin: "listed" as const, results: listed.results }, ...installed];
  const packages = groups.flatMap(({ origin, results }) =>
    results.flatMap(({ found }): readonly PlacedPackage[] =>
      found === undefined ? [] : [{ pack: found, origin }],
    ),
  );
  const { disabled = [], trust = {} } = options;
  const choice = choosePlugins(packages, { disabled, trust });
  const conditions = new Set(["node", "import", ...(options.conditions ?? [])]);
  const { loadLimitMs = DEFAULT_LIMIT_MS, openLimitMs = DEFAULT_LIMIT_MS } = options;
  const loading: LoadOptions = {
    conditions,
    loadLimitMs,
    openLimitMs,
    shareReact: (url) => shareReact(url, conditions),
  };
  const problems = groups.flatMap(({ results }) => results).flatMap(toProblems);
  return {
    ...groupByKind(choice.chosen, ({ pack, declaration }) =>
      once(() => loadPlugin(pack, declaration, loading)),
    ),
    problems: [
      ...listed.problems,
      ...problems.filter(({ packageName }) => !disabled.includes(packageName)),
      ...choice.problems,
    ],
    untrusted: choice.untrusted,
    disabled: choice.disabled,
  };
}

function withDefaults(options: FindPluginsOptions): SearchPlaces {
  return {
    folder: options.folder,
    appFolder: options.appFolder,
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
 * Reads what the settings list. A package that they name and that lies in the project stays one of the project: whoever made
 * that folder may have put anything there under a known name.
 */
async function readListed(
  options: FindPluginsOptions,
  folders: readonly string[],
  home: string,
): Promise<Listed> {
  const results: ManifestResult[] = [];
  const problems: PluginProblem[] = [];
  const from = options.listedFrom ?? options.folder;
  for (const entry of options.listed ?? []) {
    const isFolder = isAbsolute(entry) || /^(?:~|\.{1,2})(?:[\\/]|$)/.test(entry);
    const result = isFolder
      ? await readPackage(resolve(from, entry.replace(/^~(?=[\\/]|$)/, home)))
      : await readPackage(join(from, "node_modules", entry), entry);
    if (!isEmpty(result)) results.push(result);
    else if (isFolder || !(await isInstalled(entry, folders))) problems.push(notThere(entry, isFolder));
  }
  return { results, problems };
}

async function isInstalled(name: string, folders: readonly string[]): Promise<boolean> {
  const results = await Promise.all(folders.map((folder) => readPackage(join(folder, name), name)));
  return results.some((result) => !isEmpty(result));
}

function isEmpty({ found, problems }: ManifestResult): boolean {
  return found === undefined && problems.length === 0;
}

function notThere(entry: string, isFolder: boolean): PluginProblem {
  const what = isFolder
    ? "the settings list this folder, and it holds no package that declares plugins"
    : "the settings list it, and no package of this name that declares plugins is installed";
  const remedy = isFolder
    ? `Correct the path, or remove it from "plugins" in the settings.`
    : `Install it (npm install --global ${entry}), or remove it from "plugins" in the settings.`;
  const subject = describePlugin({ packageName: entry, packageVersion: "" });
  return { packageName: entry, error: pluginError(subject, what, remedy) };
}

function toProblems({ packageName, problems }: ManifestResult): readonly PluginProblem[] {
  return problems.map((problem) => ({ packageName, ...problem }));
}

/** A failure is kept as well: a module that failed once is not loaded anew by Node. */
function once<Result>(call: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= call();
    return result;
  };
}
