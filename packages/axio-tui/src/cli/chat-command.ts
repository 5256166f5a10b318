import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "axio-cli/internal";
import { openSessions } from "axio-context-sqlite";
import type { AppOptions } from "../app/app-options.ts";
import { openWorkspace } from "../headless/workspace.ts";
import { openCommandSettings } from "./environment.ts";
import type { CommandContext } from "./io.ts";
import { openFolder } from "./open-folder.ts";
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
  const { stdin, stdout, stderr, env } = io;
  const cwd = await existingDirectory(resolve(io.cwd, invocation.folder ?? "."));
  const isDumb = env["TERM"] === "dumb";
  const hasScreens = !invocation.plain && !isDumb && stdin.isTTY === true && stdout.isTTY === true;
  const { settings, mistakes } = await openCommandSettings();
  let opened = await openFolder(io, cwd, settings);
  if (hasScreens && (await askForTrust(opened, settings, context)))
    opened = await openFolder(io, cwd, settings);
  const leftOut = hasScreens ? undefined : leftOutLine(opened);
  if (leftOut !== undefined) await err.line(leftOut);
  const words = invocation.prompt;
  const prompt = words.length === 0 ? "" : joinPrompt(words, await readPiped(stdin));
  const start = { ...invocation.start, prompt: prompt === "" ? undefined : prompt };
  const workspace = await openWorkspace({ io, cwd, settings, opened, allowsAll: invocation.yes, start });
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
    return await (hasScreens ? screens.runApp(options) : screens.runPlain(options));
  } finally {
    workspace.close();
  }
}

async function existingDirectory(cwd: string): Promise<string> {
  const stats = await stat(cwd).catch(() => undefined);
  if (stats?.isDirectory()) return cwd;
  throw new UsageError(`There is no folder ${cwd}.`, "Choose another one: --folder PATH");
}
