import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "axio-cli/internal";
import { openSessions } from "axio-context-sqlite";
import { outsideSearchPath } from "axio-tools-local/search-path";
import type { AppOptions } from "../app/app-options.ts";
import { Notices } from "../app/notices.ts";
import { PermissionQueue } from "../app/permission-queue.ts";
import { createHost } from "../host/create-host.ts";
import { PermissionRules } from "../permissions/permission-rules.ts";
import type { FolderSettings } from "../trust/folder-settings.ts";
import { type TrustedFolder, trustedFolder } from "../trust/trusted-folder.ts";
import { openCommandSettings } from "./environment.ts";
import type { CommandContext } from "./io.ts";
import { openFolder, readOwnCommands } from "./open-folder.ts";
import { joinPrompt, readPiped } from "./piped-input.ts";
import type { Invocation } from "./read-arguments.ts";
import { askForTrust, leftOutLine } from "./trust.ts";

/** The two forms of the app. They return the exit code. */
export interface Screens {
  runApp(options: AppOptions): Promise<number>;
  runPlain(options: AppOptions): Promise<number>;
}

/** `axio`: starts a conversation, or answers one prompt. */
export async function runChat(
  invocation: Extract<Invocation, { readonly command: "chat" }>,
  context: CommandContext,
  screens: Screens,
): Promise<number> {
  const { io, err } = context;
  const { stdin, stdout, stderr, env, version } = io;
  const cwd = await existingDirectory(resolve(io.cwd, invocation.folder ?? "."));
  const isDumb = env["TERM"] === "dumb";
  const hasScreens = !invocation.plain && !isDumb && stdin.isTTY === true && stdout.isTTY === true;
  const { settings, mistakes } = await openCommandSettings();
  let opened = await openFolder(io, cwd, settings);
  if (hasScreens && (await askForTrust(opened, settings, context)))
    opened = await openFolder(io, cwd, settings);
  const leftOut = hasScreens ? undefined : leftOutLine(opened);
  if (leftOut !== undefined) await err.line(leftOut);
  const { found } = opened;
  const folder = trustedFolder({ ...opened, ownCommands: await readOwnCommands(settings) });
  const words = invocation.prompt;
  const prompt = words.length === 0 ? "" : joinPrompt(words, await readPiped(stdin));
  const permissions = new PermissionQueue({
    rules: new PermissionRules({ settings, cwd, project: folder.settings.permissions }),
    mode: settings.current.permissions?.mode,
  });
  const notices = new Notices();
  for (const warning of [...mistakes, ...folder.notes]) notices.add({ warning });
  const end = new AbortController();
  const signal = AbortSignal.any([io.signal, end.signal]);
  const shared = {
    cwd,
    env: programEnv(env, folder, cwd),
    settings,
    folder,
    permissions,
    notices,
    signal,
    allowsAll: invocation.yes,
  };
  await using sessions = await openSessions();
  const options: AppOptions = {
    found,
    folder,
    settings,
    sessions,
    cwd,
    env,
    hostFor: (kind, name) => createHost(shared, kind, name),
    permissions,
    notices,
    version,
    start: { ...folderStart(folder.settings, invocation.start), prompt: prompt === "" ? undefined : prompt },
    screenReader: invocation.screenReader || env["AXIO_SCREEN_READER"] === "true",
    stdin,
    stdout,
    stderr,
  };
  try {
    return await (hasScreens ? screens.runApp(options) : screens.runPlain(options));
  } finally {
    end.abort();
  }
}

/** Returns the environment of programs that are started in the folder. */
function programEnv(env: AppOptions["env"], folder: TrustedFolder, cwd: string): AppOptions["env"] {
  const { PATH } = env;
  const path = PATH === undefined ? {} : { PATH: outsideSearchPath(PATH, cwd) };
  return { ...env, ...path, ...folder.env };
}

/** Returns the choices for this run. Those of the command line override those of the folder. */
function folderStart(folder: FolderSettings, start: AppOptions["start"]): AppOptions["start"] {
  const { provider = folder.provider, model, effort = folder.effort } = start;
  // A model of the folder belongs to the provider of the folder.
  const isSameProvider = folder.provider === undefined || provider === folder.provider;
  return { ...start, provider, effort, model: model ?? (isSameProvider ? folder.model : undefined) };
}

async function existingDirectory(cwd: string): Promise<string> {
  const stats = await stat(cwd).catch(() => undefined);
  if (stats?.isDirectory()) return cwd;
  throw new UsageError(`There is no folder ${cwd}.`, "Choose another one: --folder PATH");
}
