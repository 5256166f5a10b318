export type { AppOptions, StartChoice } from "./app/app-options.ts";
export { type Notice, Notices } from "./app/notices.ts";
export { type PendingQuestion, type PermissionAnswer, PermissionQueue } from "./app/permission-queue.ts";
export type { FoundPlugin, FoundPlugins, PluginKind, PluginProblem } from "./plugins/found-plugins.ts";
export type { AppSettings, ChosenOfTransport, SettingsStore } from "./settings/app-settings.ts";
