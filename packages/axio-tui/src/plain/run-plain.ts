import { toAxioError } from "axio/internal";
import { EXIT, exitCodeOf } from "axio-cli/internal";
import type { SqliteContextStore } from "axio-context-sqlite";
import type { AppOptions } from "../app/app-options.ts";
import { Providers } from "../app/providers.ts";
import { readInput } from "../cli/piped-input.ts";
import { lastSession } from "../conversation/last-session.ts";
import { folderInstructions, systemPrompt } from "../conversation/system-prompt.ts";
import { ToolBox } from "../conversation/tool-box.ts";
import { watchedRun } from "../conversation/watched-run.ts";
import { openFileHistory } from "../snapshots/file-history.ts";
import { cleanText } from "../theme/clean-text.ts";
import { PlainProgress } from "./plain-progress.ts";

/**
 * Answers one prompt without a terminal: the answer goes to standard output, everything else to standard error. Permission
 * requests are denied.
 *
 * @returns The exit code.
 */
export async function runPlain(options: AppOptions): Promise<number> {
  const { stdin, stdout, stderr, start, notices, cwd } = options;
  const log = (text: string): void => {
    stderr.write(`${cleanText(text, true)}\n`);
  };
  const unlisten = notices.listen(({ from, warning }) => {
    const { message } = toAxioError(warning);
    log(from === undefined ? message : `${from}: ${message}`);
  });
  const progress = new PlainProgress((text) => stdout.write(text), log);
  const unlistenRetries = notices.listenForRetries((retry) => progress.showRetry(retry));
  const toolBox = new ToolBox(options, (from, error) => log(`${from}: ${error.message}`));
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    const prompt = start.prompt ?? (await readInput(stdin));
    if (prompt.trim() === "") {
      log('There is no prompt. Pass one: axio "What is in this folder?", or pipe one in.');
      if (options.env["TERM"] === "dumb") log("A conversation needs a terminal other than TERM=dumb.");
      return EXIT.usage;
    }
    const active = await new Providers(options).first();
    if (active === undefined || active.needsSignIn) {
      log(signInAdvice(options, active?.title));
      return options.found.providers.length === 0 ? EXIT.usage : EXIT.notSignedIn;
    }
    await options.sessions.addPrompt(prompt.trim(), cwd);
    await toolBox.open();
    const session = await openSession(options);
    const { failure } = await watchedRun({
      session,
      files: openFileHistory(options),
      blocks: [{ type: "text", text: prompt }],
      context: session,
      active,
      toolBox,
      system: systemPrompt({
        directory: cwd,
        hasTools: toolBox.tools().length > 0,
        instructions: folderInstructions(options.folder),
        mode: options.permissions.mode,
      }),
      signal: controller.signal,
      onEvent: (event) => progress.show(event),
    });
    progress.end();
    active.transport.close?.();
    if (failure !== undefined) throw failure;
    return controller.signal.aborted ? EXIT.interrupted : EXIT.ok;
  } catch (error) {
    log(toAxioError(error).message);
    return exitCodeOf(error);
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    unlisten();
    unlistenRetries();
    await toolBox.close();
  }
}

function signInAdvice({ found }: AppOptions, title: string | undefined): string {
  if (title !== undefined)
    return `You are not signed in to ${title}. Run axio in a terminal, and sign in with /login.`;
  const names = found.providers.map(({ name }) => name);
  if (names.length === 0)
    return "No transport is installed. Install one: npm install --global axio-transport-codex";
  return `You are not signed in. Run axio in a terminal and sign in with /login, or select a provider: axio --provider ${names.join(" | ")}`;
}

async function openSession({ sessions, cwd, start: { session } }: AppOptions): Promise<SqliteContextStore> {
  const id = session?.type === "last" ? await lastSession(sessions, cwd) : session?.id;
  return id === undefined ? sessions.create([], { directory: cwd }) : sessions.open(id);
}
