import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSessions, type SessionDatabase } from "axio-context-sqlite";
import { onTestFinished } from "vitest";
import { runApp } from "../../src/app/run-app.ts";
import { type AppSetup, type TestOptions, testOptions } from "./test-options.ts";

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "axio-tui-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

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
  /** Waits until a text was written, wherever, and gives all that was written. */
  spoken(text: string): Promise<string>;
}

export async function startApp(setup: AppSetup = {}): Promise<RunningApp> {
  const options = testOptions(setup, setup.sessions ?? (await temporarySessions()));
  const isSpoken = options.env["INK_SCREEN_READER"] === "true";
  options.screen.isLinear = isSpoken;
  const exit = runApp(options);
  onTestFinished(async () => {
    options.keyboard.type("\x03");
    options.keyboard.type("\x03");
    await exit;
  });
  if (!isSpoken) await options.screen.shows(/›|>/);
  return {
    ...options,
    exit,
    spoken: async (text) => {
      await options.screen.shows(() => options.screen.written.includes(text));
      return options.screen.written;
    },
    say: (text) => {
      options.keyboard.type(text);
      options.keyboard.type("\r");
    },
  };
}
