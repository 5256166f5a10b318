export type { FoundPlugin, FoundPlugins, PluginKind, PluginProblem } from "./plugins/found-plugins.ts";
export type { AppSettings, ChosenOfTransport, SettingsStore } from "./settings/app-settings.ts";
