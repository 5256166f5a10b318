import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSessions, type SessionDatabase } from "axio-context-sqlite";
import { onTestFinished } from "vitest";
import { runApp } from "../../src/app/run-app.ts";
import { type AppSetup, type TestOptions, testOptions } from "./test-options.ts";

/** Sessions in a folder that goes with the test. */
export async function temporarySessions(): Promise<SessionDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "axio-tui-"));
  const sessions = await openSessions({ path: join(folder, "sessions.db") });
  onTestFinished(async () => {
    await sessions.close();
    await rm(folder, { recursive: true, force: true });
  });
  return sessions;
}

/** A running app. It ends with the test. */
export interface RunningApp extends TestOptions {
  readonly exit: Promise<number>;
  /** Writes a prompt and sends it. */
  say(text: string): void;
}

export async function startApp(setup: AppSetup = {}): Promise<RunningApp> {
  const options = testOptions(setup, setup.sessions ?? (await temporarySessions()));
  const exit = runApp(options);
  onTestFinished(async () => {
    options.keyboard.type("\x03");
    options.keyboard.type("\x03");
    await exit;
  });
  await options.screen.shows(/›|>/);
  return {
    ...options,
    exit,
    say: (text) => {
      options.keyboard.type(text);
      options.keyboard.type("\r");
    },
  };
}
