import { outsideSearchPath } from "axio-tools-local/search-path";
import type { AppOptions, StartOptions } from "../host/app-options.ts";
import { createHost, type DeniedRequest } from "../host/create-host.ts";
import type { AppIo } from "../host/io.ts";
import { Notices } from "../host/notices.ts";
import { type OpenedFolder, openFolder, readOwnCommands } from "../host/open-folder.ts";
import { PermissionQueue } from "../host/permission-queue.ts";
import type { PermissionMode } from "../permissions/mode.ts";
import { RULE_ACTIONS, type RuleTexts } from "../permissions/rule.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import { PermissionRules } from "../settings/permission-rules.ts";
import type { FolderSettings } from "../trust/folder-settings.ts";
import { type TrustedFolder, trustedFolder } from "../trust/trusted-folder.ts";

/** The parts of the process that a workspace uses. */
export type WorkspaceIo = Pick<AppIo, "env" | "appDir" | "version" | "plugins" | "conditions" | "signal">;

/** Options of {@link openWorkspace}. */
export interface WorkspaceOptions {
  readonly io: WorkspaceIo;
  /** The working directory, absolute. It exists. */
  readonly cwd: string;
  readonly settings: SettingsStore;
  /** The folder, if it was looked at before. */
  readonly opened?: OpenedFolder | undefined;
  /** Whether to use this time what the folder brings and the user was not asked about. Default: `false`. */
  readonly trustsFolder?: boolean | undefined;
  /** Permission rules that hold until the workspace closes. Default: only those of the settings. */
  readonly rules?: RuleTexts | undefined;
  /** Default: that of the settings. */
  readonly mode?: PermissionMode | undefined;
  /** Whether to allow what would be asked. Rules that deny still hold. Default: `false`. */
  readonly allowsAll?: boolean | undefined;
  /** The choices for this run. */
  readonly start?: StartOptions | undefined;
}

/** A working folder with everything that conversations in it need: plugins, what the folder brings, permissions. */
export interface Workspace
  extends Pick<
    AppOptions,
    | "found"
    | "folder"
    | "settings"
    | "cwd"
    | "env"
    | "hostFor"
    | "permissions"
    | "notices"
    | "version"
    | "start"
  > {
  readonly opened: OpenedFolder;
  /** Passes denied permission requests to a listener. Returns a function that ends it. */
  listenForDenials(listener: (denied: DeniedRequest) => void): () => void;
  /** Ends what the plugins do. */
  close(): void;
}

/** Opens a working folder. Nothing that the user does not trust is loaded or run, and no question is asked. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { io, cwd, settings, trustsFolder = false, rules, mode, allowsAll = false, start = {} } = options;
  const opened = options.opened ?? (await openFolder(io, cwd, settings, { trustsAll: trustsFolder }));
  const folder = trustedFolder({ ...opened, ownCommands: await readOwnCommands(settings) });
  const permissions = new PermissionQueue({
    rules: await openRules(rules, { settings, cwd, project: folder.settings.permissions }),
    mode: mode ?? settings.current.permissions?.mode,
  });
  const notices = new Notices();
  for (const warning of folder.notes) notices.add({ warning });
  const end = new AbortController();
  const denialListeners = new Set<(denied: DeniedRequest) => void>();
  const shared = {
    cwd,
    env: programEnv(io.env, folder, cwd),
    settings,
    folder,
    permissions,
    notices,
    signal: AbortSignal.any([io.signal, end.signal]),
    allowsAll,
    onDenied: (denied: DeniedRequest) => {
      for (const listener of denialListeners) listener(denied);
    },
  };
  return {
    opened,
    found: opened.found,
    folder,
    settings,
    cwd,
    env: io.env,
    hostFor: (kind, name) => createHost(shared, kind, name),
    permissions,
    notices,
    version: io.version,
    start: folderStart(folder.settings, start),
    listenForDenials: (listener) => {
      denialListeners.add(listener);
      return () => denialListeners.delete(listener);
    },
    close: () => end.abort(),
  };
}

async function openRules(
  texts: RuleTexts = {},
  options: ConstructorParameters<typeof PermissionRules>[0],
): Promise<PermissionRules> {
  const rules = new PermissionRules(options);
  for (const action of RULE_ACTIONS)
    for (const text of texts[action] ?? []) await rules.add({ scope: "session", action, text });
  return rules;
}

/** Returns the environment of programs that are started in the folder. */
function programEnv(env: AppOptions["env"], folder: TrustedFolder, cwd: string): AppOptions["env"] {
  const { PATH } = env;
  const path = PATH === undefined ? {} : { PATH: outsideSearchPath(PATH, cwd) };
  return { ...env, ...path, ...folder.env };
}

/** Returns the choices for this run. Those of the command line override those of the folder. */
function folderStart(folder: FolderSettings, start: StartOptions): StartOptions {
  const { provider = folder.provider, model, effort = folder.effort } = start;
  // A model of the folder belongs to the provider of the folder.
  const isSameProvider = folder.provider === undefined || provider === folder.provider;
  return { ...start, provider, effort, model: model ?? (isSameProvider ? folder.model : undefined) };
}
