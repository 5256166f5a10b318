import type { AxioError } from "axio";
import type { GuardPlugin, Provider, SelectorPlugin, ToolsPlugin } from "axio/plugin";
import type { PackageContents } from "../trust/folder-contents.ts";

/** The kinds of plugins in display order, as the member `axio` of a `package.json` names them. */
export const PLUGIN_KINDS = ["providers", "tools", "guards", "selectors"] as const;

/** A kind of plugin. */
export type PluginKind = (typeof PLUGIN_KINDS)[number];

/** Whether a member of `axio` in a `package.json` is a known kind. */
export function isPluginKind(member: string): member is PluginKind {
  return (PLUGIN_KINDS as readonly string[]).includes(member);
}

/**
 * Where a plugin was found.
 *
 * - `listed`: the settings name its package.
 * - `project`: in `node_modules` of the working directory, or above it.
 * - `app`: next to the app.
 * - `global`: in the directory of `npm install --global`.
 */
export type PluginOrigin = "listed" | "project" | "app" | "global";

/** A plugin that is not loaded yet. */
export interface FoundPlugin<Plugin> {
  /** The name in its package: `"codex"`. */
  readonly name: string;
  readonly packageName: string;
  readonly packageVersion: string;
  /** The directory of the package. */
  readonly packageDir: string;
  readonly origin: PluginOrigin;
  /**
   * Loads the plugin, once.
   *
   * @throws AxioError `plugin-failed`. The message names the package, the problem, and what to do.
   */
  load(): Promise<Plugin>;
}

/** A plugin that cannot be used. The others can. */
export interface PluginProblem {
  readonly packageName: string;
  readonly kind?: PluginKind | undefined;
  readonly name?: string | undefined;
  readonly error: AxioError;
}

/** A package of the project that the user does not trust, so that it is not loaded. */
export interface UntrustedPackage {
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageDir: string;
  /** The kinds and names of its plugins: `"tools/clock"`. */
  readonly plugins: readonly string[];
  /** Whether the user refused its content. Otherwise the user was not asked about it yet. */
  readonly refused: boolean;
}

/** The installed plugins. */
export interface FoundPlugins {
  readonly providers: readonly FoundPlugin<Provider>[];
  readonly tools: readonly FoundPlugin<ToolsPlugin>[];
  readonly guards: readonly FoundPlugin<GuardPlugin>[];
  readonly selectors: readonly FoundPlugin<SelectorPlugin>[];
  readonly problems: readonly PluginProblem[];
  readonly untrusted: readonly UntrustedPackage[];
  /** The packages of the project that declare plugins, trusted or not. */
  readonly project: readonly PackageContents[];
  /** The disabled plugins, by kind and name (`"tools/clock"`), or by the name of their package. */
  readonly disabled: readonly string[];
}
