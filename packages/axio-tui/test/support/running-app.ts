import { join } from "node:path";
import { openSessions, type SessionDatabase } from "axio-context-sqlite";
import { onTestFinished } from "vitest";
import { runApp } from "../../src/cli/run-app.ts";
import { temporaryDirectory } from "./project.ts";
import { type AppSetup, type TestOptions, testOptions } from "./test-options.ts";

/** Sessions that are deleted after the test. */
export async function temporarySessions(): Promise<SessionDatabase> {
  const sessions = await openSessions({ path: join(await temporaryDirectory(), "sessions.db") });
  onTestFinished(() => sessions.close());
  return sessions;
}

/** A running app. It ends after the test. */
export interface RunningApp extends TestOptions {
  readonly exit: Promise<number>;
  /** Types a prompt and sends it. */
  say(text: string): void;
  /** Waits until the output contains a text, and returns the whole output. */
  writes(text: string): Promise<string>;
}

export async function startApp(setup: AppSetup = {}): Promise<RunningApp> {
  const options = testOptions(setup, setup.sessions ?? (await temporarySessions()));
  options.screen.isLinear = options.screenReader;
  const exit = runApp(options);
  onTestFinished(async () => {
    options.keyboard.type("\x03");
    options.keyboard.type("\x03");
    await exit;
  });
  if (!options.screenReader) await options.screen.shows(/›|>/);
  return {
    ...options,
    exit,
    writes: async (text) => {
      await options.screen.shows(() => options.screen.written.includes(text));
      return options.screen.written;
    },
    say: (text) => {
      options.keyboard.type(text);
      options.keyboard.type("\r");
    },
  };
}
