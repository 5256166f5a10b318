import type { AxioError } from "axio";
import type {
  GuardPlugin,
  SelectorPlugin,
  ToolsPlugin,
  TransportPlugin,
  TransportSettingsPlugin,
} from "axio/plugin";

/** The kinds of plugins, as the member `axio` of a `package.json` names them. */
export type PluginKind = "transports" | "transportSettings" | "tools" | "guards" | "selectors";

/**
 * Where a plugin was found.
 *
 * - `listed`: the person's settings name its package.
 * - `project`: in a `node_modules` of the folder that the app works in, or above it.
 * - `app`: beside the app itself.
 * - `global`: where `npm install --global` puts packages.
 */
export type PluginOrigin = "listed" | "project" | "app" | "global";

/** A plugin that was found. Nothing of it is loaded until `load` is called; it is loaded once. */
export interface FoundPlugin<Plugin> {
  /** The name that its package gives it: `"codex"`. */
  readonly name: string;
  readonly packageName: string;
  readonly packageVersion: string;
  /** The folder of the package. */
  readonly packageFolder: string;
  readonly origin: PluginOrigin;
  /**
   * @throws AxioError `plugin-failed`, which names the package, what is wrong with it, and what to do.
   */
  load(): Promise<Plugin>;
}

/** A plugin that cannot be used, and why. The others go on. */
export interface PluginProblem {
  readonly packageName: string;
  readonly kind?: PluginKind;
  readonly name?: string;
  readonly error: AxioError;
}

/** A package of the project that nobody has said yes to: none of it is loaded. */
export interface UntrustedPackage {
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageFolder: string;
  /** Its plugins, by kind and name: `"tools/clock"`. */
  readonly plugins: readonly string[];
  /** Whether the person said no; else they were not asked yet. */
  readonly refused: boolean;
}

/** What was found in the places where plugins are looked for. */
export interface FoundPlugins {
  readonly transports: readonly FoundPlugin<TransportPlugin>[];
  readonly transportSettings: readonly FoundPlugin<TransportSettingsPlugin>[];
  readonly tools: readonly FoundPlugin<ToolsPlugin>[];
  readonly guards: readonly FoundPlugin<GuardPlugin>[];
  readonly selectors: readonly FoundPlugin<SelectorPlugin>[];
  readonly problems: readonly PluginProblem[];
  readonly untrusted: readonly UntrustedPackage[];
  /** Those that the settings turn off, by kind and name: `"tools/clock"`, or by the name of their package. */
  readonly disabled: readonly string[];
}
