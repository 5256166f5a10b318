import { throwIfAborted } from "axio";
import type { PluginHost } from "axio/plugin";
import type { Notices } from "../app/notices.ts";
import type { PermissionQueue } from "../app/permission-queue.ts";
import type { PluginKind } from "../plugins/found-plugins.ts";
import type { SettingsStore } from "../settings/app-settings.ts";

/** The name that people know this app by. */
const APP_NAME = "axio";

/** What all plugins of an app share. */
export interface HostEnvironment {
  /** The folder that the app works in, absolute. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: SettingsStore;
  readonly questions: PermissionQueue;
  readonly notices: Notices;
  /** Fires when the app ends. */
  readonly signal: AbortSignal;
  /** Whether the person said beforehand that everything may be done. */
  readonly allowsAll: boolean;
}

/** Makes what one plugin is given. */
export function createHost(surroundings: HostEnvironment, kind: PluginKind, name: string): PluginHost {
  const { folder, env, settings, questions, notices, signal, allowsAll } = surroundings;
  // A settings screen is about the transport of its name, and has the same settings.
  const member = `${kind === "transportSettings" ? "transports" : kind}/${name}`;
  return {
    appName: APP_NAME,
    cwd: folder,
    env,
    signal,
    get settings() {
      return settings.current.pluginSettings[member] ?? {};
    },
    onWarning: (warning) => notices.add({ from: name, warning }),
    requestPermission: async (question) => {
      throwIfAborted(signal);
      if (allowsAll) return { allowed: true };
      const signals = [signal, ...(question.signal === undefined ? [] : [question.signal])];
      // An answer to one plugin is none to another that happens to use the same key.
      const key = `${member} ${question.key}`;
      return questions.ask(name, { ...question, key, signal: AbortSignal.any(signals) });
    },
  };
}
