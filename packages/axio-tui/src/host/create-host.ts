import { dirname } from "node:path";
import { throwIfAborted } from "axio";
import type { PermissionRequest, PluginHost } from "axio/plugin";
import type { PluginKind } from "../plugins/found-plugins.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import type { TrustedFolder } from "../trust/trusted-folder.ts";
import type { Notices } from "./notices.ts";
import { type PermissionQueue, wasUnattended } from "./permission-queue.ts";

/** The name of the app, as users see it. */
const APP_NAME = "axio";

/** The parts of the app that all plugins share. */
export interface HostEnvironment {
  /** The working directory of the app, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: SettingsStore;
  /** The working folder, as far as the user trusts it. */
  readonly folder: TrustedFolder;
  readonly permissions: PermissionQueue;
  readonly notices: Notices;
  /** Fires when the app ends. */
  readonly signal: AbortSignal;
  /** Whether the user allowed everything on the command line. */
  readonly allowsAll: boolean;
  /** Called when a permission request was denied. */
  readonly onDenied?: ((denied: DeniedRequest) => void) | undefined;
}

/** A permission request that was denied. */
export interface DeniedRequest extends Pick<PermissionRequest, "title" | "detail" | "subject"> {
  /** The plugin that asked. */
  readonly from: string;
  /** The reason that the model was given. */
  readonly reason?: string | undefined;
  /** Whether it was denied only because no user can be asked. */
  readonly isUnattended: boolean;
}

/** Returns the host of one plugin. */
export function createHost(environment: HostEnvironment, kind: PluginKind, name: string): PluginHost {
  const { cwd, env, settings, folder, permissions, notices, signal, allowsAll, onDenied } = environment;
  const member = `${kind}/${name}`;
  return {
    appName: APP_NAME,
    cwd,
    settingsDir: dirname(settings.path),
    env,
    signal,
    get settings() {
      return settings.current.pluginSettings[member] ?? {};
    },
    readTrustedFile: async (place) => folder.readFile(place),
    onWarning: (warning) => notices.add({ from: name, warning }),
    onRetry: (retry) => notices.addRetry(retry),
    requestPermission: async (request) => {
      throwIfAborted(signal);
      const signals = [signal, ...(request.signal === undefined ? [] : [request.signal])];
      // An answer to one plugin is not an answer to another plugin that uses the same key.
      const key = `${member} ${request.key}`;
      const asked = { ...request, key, signal: AbortSignal.any(signals) };
      const permission = await permissions.ask(name, asked, { allowsAll });
      if (!permission.allowed) {
        const { title, detail, subject } = request;
        const isUnattended = wasUnattended(permission);
        onDenied?.({ from: name, title, detail, subject, reason: permission.reason, isUnattended });
      }
      return permission;
    },
  };
}
