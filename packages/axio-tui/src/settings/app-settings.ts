import type { JsonObject } from "axio";

/** What a person has chosen of the app. Kept beside the sessions; never holds a token. */
export interface AppSettings {
  /** The name of the transport that was used last. */
  readonly transport?: string;
  /** What was chosen of each transport, by its name. */
  readonly transports: Readonly<Record<string, ChosenOfTransport>>;
  /** Default `"dark"`. */
  readonly theme: string;
  /** Whether a conversation is compacted near the model's window. Default `true`. */
  readonly autoCompact: boolean;
  /** Packages and folders to look for plugins in, besides what is installed. */
  readonly plugins: readonly string[];
  /** Names of plugins (`"tools/local"`) and of packages that are not to be used. */
  readonly disabled: readonly string[];
  /** By the folder of a package, whether the plugins that a project brings along may run. Default: the person is asked. */
  readonly trust: Readonly<Record<string, boolean>>;
  /** What the settings say to each plugin, by its kind and name: `"tools/mcp"`. */
  readonly pluginSettings: Readonly<Record<string, JsonObject>>;
}

/** What a person chose of one transport. */
export interface ChosenOfTransport {
  readonly profile?: string;
  readonly model?: string;
  readonly effort?: string;
}

/** The settings, and where they are kept. */
export interface SettingsStore {
  /** The file. */
  readonly path: string;
  readonly current: AppSettings;
  /**
   * Changes the settings and saves what is different; what another process has changed meanwhile is read first. Where the file
   * cannot be understood or written it stays as it is, the change holds until the end, and the person is told.
   */
  update(change: (settings: AppSettings) => AppSettings): Promise<AppSettings>;
}
