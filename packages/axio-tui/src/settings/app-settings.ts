import type { JsonObject } from "axio";
import type { PermissionMode } from "../permissions/mode.ts";
import type { RuleTexts } from "../permissions/rule.ts";
import type { FolderAnswers } from "../trust/folder-item.ts";

/** The settings of the app. They are stored next to the sessions, and contain no tokens. */
export interface AppSettings {
  /** The name of the provider that was used last. */
  readonly provider?: string | undefined;
  /** The choices for each provider, by name. */
  readonly providers: Readonly<Record<string, ProviderChoices>>;
  /** Default: `"dark"`. */
  readonly theme: string;
  /** Whether a conversation is compacted near the end of the model's context window. Default: `true`. */
  readonly autoCompact: boolean;
  /**
   * How the app calls the user when it waits for an answer or has finished a long run: by a desktop notification or the bell, as
   * the terminal can; by the bell; or not. Default: `"auto"`.
   */
  readonly notifications: "auto" | "bell" | "off";
  /** Packages and directories with plugins, in addition to the installed ones. */
  readonly plugins: readonly string[];
  /** Names of plugins (`"tools/local"`) and packages that are not used. */
  readonly disabled: readonly string[];
  /** The answers about the contents of folders, by absolute path. Default: the app asks. */
  readonly trust: Readonly<Record<string, FolderAnswers>>;
  /** The permission rules, and the mode to start with. Default: every request is asked. */
  readonly permissions?: PermissionSettings | undefined;
  /** The settings of plugins, by kind and name: `"tools/mcp"`. */
  readonly pluginSettings: Readonly<Record<string, JsonObject>>;
}

/** The user's permission rules: `{ "allow": ["shell: npm test *"], "deny": ["read: **\/.env"] }`. */
export interface PermissionSettings extends RuleTexts {
  /** Default: `"ask"`. */
  readonly mode?: PermissionMode | undefined;
  /** Rules for single folders, by absolute path. */
  readonly folders?: Readonly<Record<string, RuleTexts>> | undefined;
}

/** The choices for a provider. */
export interface ProviderChoices {
  readonly profile?: string | undefined;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
}

/** Reads and writes the settings file. */
export interface SettingsStore {
  /** The file. */
  readonly path: string;
  readonly current: AppSettings;
  /**
   * Changes the settings, on top of changes by other processes, and saves the differences. If the file is not valid or cannot be
   * written, it stays unchanged, the change applies until the app ends, and the user is warned.
   */
  update(change: (settings: AppSettings) => AppSettings): Promise<AppSettings>;
}
