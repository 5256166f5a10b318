import { dirname } from "node:path";
import type { AxioError } from "axio";
import { findPlugins } from "../plugins/find-plugins.ts";
import type { FoundPlugins } from "../plugins/found-plugins.ts";
import type { AppSettings, SettingsStore } from "../settings/app-settings.ts";
import { openSettings } from "../settings/open-settings.ts";
import type { CliIo } from "./io.ts";

/** What every command begins with. */
export interface Beginnings {
  readonly settings: SettingsStore;
  /** What is wrong with the settings. */
  readonly mistakes: readonly AxioError[];
}

/** Opens the settings, and keeps what is wrong with them until there is somebody to tell. */
export async function beginWithSettings(): Promise<Beginnings> {
  const mistakes: AxioError[] = [];
  const settings = await openSettings({ onMistake: (mistake) => mistakes.push(mistake) });
  return { settings, mistakes };
}

/** Finds the plugins for a folder, as the settings say. */
export async function findInstalled(
  io: CliIo,
  folder: string,
  settings: SettingsStore,
): Promise<FoundPlugins> {
  const { plugins, disabled, trust }: AppSettings = settings.current;
  return findPlugins({
    folder,
    appFolder: io.appFolder,
    env: io.env,
    listed: [...(io.plugins ?? []), ...plugins],
    listedFrom: dirname(settings.path),
    disabled,
    trust,
    conditions: io.conditions,
  });
}
