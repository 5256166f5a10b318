import { dirname } from "node:path";
import type { AxioError } from "axio";
import { findPlugins } from "../plugins/find-plugins.ts";
import type { FoundPlugins } from "../plugins/found-plugins.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import { openSettings } from "../settings/open-settings.ts";
import type { PackageContents } from "../trust/folder-contents.ts";
import type { AppIo } from "./io.ts";

/** The settings of a command. */
export interface CommandSettings {
  readonly settings: SettingsStore;
  /** The mistakes in the settings. */
  readonly mistakes: readonly AxioError[];
}

/** Opens the settings, and collects their mistakes until they can be shown. */
export async function openCommandSettings(): Promise<CommandSettings> {
  const mistakes: AxioError[] = [];
  const settings = await openSettings({ onMistake: (mistake) => mistakes.push(mistake) });
  return { settings, mistakes };
}

/** The parts of the process that decide which plugins are found. */
export type PluginIo = Pick<AppIo, "appDir" | "env" | "plugins" | "conditions">;

/** Finds the plugins for a working folder, according to the settings. */
export async function findInstalled(
  { appDir, env, plugins = [], conditions }: PluginIo,
  cwd: string,
  settings: SettingsStore,
  isTrusted: (pack: PackageContents) => boolean | undefined,
): Promise<FoundPlugins> {
  const { plugins: listed, disabled } = settings.current;
  return findPlugins({
    cwd,
    appDir,
    env,
    listed: [...plugins, ...listed],
    listedFrom: dirname(settings.path),
    disabled,
    isTrusted,
    conditions,
  });
}
