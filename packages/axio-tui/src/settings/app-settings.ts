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
  /** Names of plugins that are not to be used, `"tools/local"` for one. */
  readonly disabled: readonly string[];
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
  /** Changes the settings and saves them whole; a file that another process has changed meanwhile is read anew first. */
  update(change: (settings: AppSettings) => AppSettings): Promise<AppSettings>;
}
