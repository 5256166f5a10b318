import type { PluginHost } from "axio/plugin";
import type { SessionDatabase } from "axio-context-sqlite";
import type { FoundPlugins, PluginKind } from "../plugins/found-plugins.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import type { TrustedFolder } from "../trust/trusted-folder.ts";
import type { Notices } from "./notices.ts";
import type { PermissionQueue } from "./permission-queue.ts";

/** Options of the app, with screens or plain. */
export interface AppOptions {
  readonly found: FoundPlugins;
  /** The working folder, as far as the user trusts it. */
  readonly folder: TrustedFolder;
  readonly settings: SettingsStore;
  readonly sessions: SessionDatabase;
  /** The working directory, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Returns the host of a plugin. Its requests go to `permissions`, its warnings to `notices`. */
  readonly hostFor: (kind: PluginKind, name: string) => PluginHost;
  readonly permissions: PermissionQueue;
  readonly notices: Notices;
  readonly version: string;
  readonly start: StartOptions;
  /** Whether to write text for a screen reader instead of drawing screens. */
  readonly screenReader: boolean;
  /** Returns a monotonic time in milliseconds, for what depends on when keys are pressed. Default: `performance.now()`. */
  readonly now?: (() => number) | undefined;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** The choices on the command line. They override the settings for this run. */
export interface StartOptions {
  /** The session to continue: the one used last, or the one with an id. Default: a new one. */
  readonly session?: { readonly type: "last" } | { readonly type: "id"; readonly id: string } | undefined;
  /** The first prompt. In plain mode it is the only one, and read from standard input by default. */
  readonly prompt?: string | undefined;
  /** The name of a provider plugin. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  readonly profile?: string | undefined;
}
