import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { openSessions } from "axio-context-sqlite";
import type { AppOptions } from "../app/app-options.ts";
import { Notices } from "../app/notices.ts";
import { PermissionQueue } from "../app/permission-queue.ts";
import { createHost } from "../host/create-host.ts";
import type { FoundPlugins } from "../plugins/found-plugins.ts";
import { type Invocation, UsageError } from "./args.ts";
import { beginWithSettings, findInstalled } from "./environment.ts";
import { type CliIo, write } from "./io.ts";
import { joinPrompt, readPiped } from "./piped-input.ts";
import { askForTrust, describeUntrusted, undecided } from "./trust.ts";

/** The two faces of the app. Each gives the exit code. */
export interface Screens {
  runApp(options: AppOptions): Promise<number>;
  runPlain(options: AppOptions): Promise<number>;
}

/** `axio`: the conversation. */
export async function runChat(
  invocation: Extract<Invocation, { readonly command: "chat" }>,
  io: CliIo,
  screens: Screens,
): Promise<number> {
  const { prompt: words, start, plain, yes } = invocation;
  const folder = await existingFolder(resolve(io.cwd, invocation.folder ?? "."));
  const isDumb = io.env["TERM"] === "dumb";
  const hasScreens = !plain && !isDumb && io.stdin.isTTY === true && io.stdout.isTTY === true;
  const { settings, mistakes } = await beginWithSettings();
  let found = await findInstalled(io, folder, settings);
  if (hasScreens && (await askForTrust(found, settings, io)))
    found = await findInstalled(io, folder, settings);
  const prompt = words.length === 0 ? "" : joinPrompt(words, await readPiped(io.stdin));
  const notices = new Notices();
  for (const warning of mistakes) notices.add({ warning });
  if (!hasScreens) await tellUntrusted(found, io);
  const permissions = new PermissionQueue();
  const end = new AbortController();
  await using sessions = await openSessions();
  try {
    const signal = AbortSignal.any([io.signal, end.signal]);
    const shared = { folder, env: io.env, settings, permissions, notices, signal, allowsAll: yes };
    const options: AppOptions = {
      found,
      settings,
      sessions,
      folder,
      env: io.env,
      hostFor: (kind, name) => createHost(shared, kind, name),
      permissions,
      notices,
      version: io.version,
      start: { ...start, prompt: prompt === "" ? undefined : prompt },
      screenReader: io.env["AXIO_SCREEN_READER"] === "true",
      stdin: io.stdin,
      stdout: io.stdout,
      stderr: io.stderr,
    };
    return await (hasScreens ? screens.runApp(options) : screens.runPlain(options));
  } finally {
    end.abort();
  }
}

async function existingFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return folder;
  throw new UsageError(`There is no folder ${folder}.`, "Name one that is there: --folder PATH");
}

async function tellUntrusted(found: FoundPlugins, io: CliIo): Promise<void> {
  const packages = undecided(found);
  if (packages.length === 0) return;
  const lines = packages.map((pack) => `  ${describeUntrusted(pack)}`);
  await write(
    io.stderr,
    `Plugins of this project are not used, since nobody said that they may run:\n${lines.join("\n")}\nAllow them: axio plugins --trust\n`,
  );
}
