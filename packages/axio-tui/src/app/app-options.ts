import type { PluginHost } from "axio/plugin";
import type { SessionDatabase } from "axio-context-sqlite";
import type { FoundPlugins, PluginKind } from "../plugins/found-plugins.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import type { Notices } from "./notices.ts";
import type { PermissionQueue } from "./permission-queue.ts";

/** All that a run of the app needs, with a terminal or without. */
export interface AppOptions {
  readonly found: FoundPlugins;
  readonly settings: SettingsStore;
  readonly sessions: SessionDatabase;
  /** The folder that the app works in, absolute. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What a plugin is given. Its `ask` leads to `questions`, its `warn` to `notices`. */
  readonly hostFor: (kind: PluginKind, name: string) => PluginHost;
  readonly questions: PermissionQueue;
  readonly notices: Notices;
  /** Shown in the welcome. */
  readonly version: string;
  readonly start: StartChoice;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** What the arguments of the command say. Each member holds for this run only, over the settings. */
export interface StartChoice {
  /** The session to go on with: the one that was changed last, or that of an id. Default: a new one. */
  readonly session?: { readonly type: "last" } | { readonly type: "id"; readonly id: string };
  /** What to ask first. In plain mode it is all that is asked; where it is absent there, standard input is read. */
  readonly prompt?: string;
  /** The name of a transport plugin. */
  readonly transport?: string;
  readonly model?: string;
  readonly effort?: string;
  readonly profile?: string;
}
