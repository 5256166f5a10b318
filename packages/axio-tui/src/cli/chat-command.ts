import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "axio-cli/internal";
import { openSessions } from "axio-context-sqlite";
import { openWorkspace } from "../headless/workspace.ts";
import type { AppOptions } from "../host/app-options.ts";
import { openCommandSettings } from "../host/environment.ts";
import type { CommandContext } from "../host/io.ts";
import { openFolder } from "../host/open-folder.ts";
import type { ChatInvocation } from "./read-arguments.ts";
import { accessOptions } from "./script-options.ts";
import { askForTrust } from "./trust.ts";

/** The app with screens. It returns the exit code. */
export interface Screens {
  runApp(options: AppOptions): Promise<number>;
}

/** `axio`: starts a conversation, or answers one prompt. */
export async function runChat(
  invocation: ChatInvocation,
  context: CommandContext,
  screens: Screens,
): Promise<number> {
  const { stdin, stdout, stderr, env } = context.io;
  const cwd = await existingDirectory(resolve(context.io.cwd, invocation.folder ?? "."));
  const hasTerminal = env["TERM"] !== "dumb" && stdin.isTTY === true && stdout.isTTY === true;
  if (invocation.script !== undefined || invocation.plain || !hasTerminal)
    return (await import("./print-command.ts")).runPrint(invocation, cwd, context);
  const { settings, mistakes } = await openCommandSettings();
  const { trust: trustsAll } = invocation.access;
  let opened = await openFolder(context.io, cwd, settings, { trustsAll });
  if (await askForTrust(opened, settings, context)) opened = await openFolder(context.io, cwd, settings);
  const prompt = invocation.prompt.join(" ");
  const workspace = await openWorkspace({
    io: context.io,
    cwd,
    settings,
    opened,
    ...accessOptions(invocation.access),
    start: { ...invocation.start, prompt: prompt === "" ? undefined : prompt },
  });
  for (const warning of mistakes) workspace.notices.add({ warning });
  await using sessions = await openSessions();
  const options: AppOptions = {
    ...workspace,
    sessions,
    screenReader: invocation.screenReader || env["AXIO_SCREEN_READER"] === "true",
    stdin,
    stdout,
    stderr,
  };
  try {
    return await screens.runApp(options);
  } finally {
    workspace.close();
  }
}

async function existingDirectory(cwd: string): Promise<string> {
  const stats = await stat(cwd).catch(() => undefined);
  if (stats?.isDirectory()) return cwd;
  throw new UsageError(`There is no folder ${cwd}.`, "Choose another one: --cwd PATH");
}
