export type { AppOptions, StartChoice } from "./app/app-options.ts";
export { type Notice, Notices } from "./app/notices.ts";
export { type PendingQuestion, type PermissionAnswer, PermissionQueue } from "./app/permission-queue.ts";
export { runApp } from "./app/run-app.ts";
export type { CliIo } from "./cli/io.ts";
export { runProcess } from "./cli/run-process.ts";
export { runPlain } from "./plain/run-plain.ts";
export { type FindPluginsOptions, findPlugins } from "./plugins/find-plugins.ts";
export type {
  FoundPlugin,
  FoundPlugins,
  PluginKind,
  PluginOrigin,
  PluginProblem,
  UntrustedPackage,
} from "./plugins/found-plugins.ts";
export type { SearchPlaces } from "./plugins/module-folders.ts";
export type { AppSettings, ChosenOfTransport, SettingsStore } from "./settings/app-settings.ts";
export { defaultSettingsPath, type OpenSettingsOptions, openSettings } from "./settings/open-settings.ts";
