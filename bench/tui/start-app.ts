import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompletionTransport, Message } from "axio";
import { openSessions } from "axio-context-sqlite";
import { runApp } from "../../packages/axio-tui/src/cli/run-app.ts";
import type { AppOptions } from "../../packages/axio-tui/src/host/app-options.ts";
import { createHost } from "../../packages/axio-tui/src/host/create-host.ts";
import { Notices } from "../../packages/axio-tui/src/host/notices.ts";
import { PermissionQueue } from "../../packages/axio-tui/src/host/permission-queue.ts";
import type { AppSettings, SettingsStore } from "../../packages/axio-tui/src/settings/app-settings.ts";
import { EMPTY_FOLDER } from "../../packages/axio-tui/src/trust/trusted-folder.ts";
import { FakeTerminal } from "./fake-terminal.ts";

/** Options of {@link startApp}. */
export interface AppStart {
  readonly transport: CompletionTransport;
  /** The conversation to continue. Default: a new one. */
  readonly messages?: readonly Message[];
}

/** The app on a virtual terminal. */
export interface RunningApp {
  readonly terminal: FakeTerminal;
  /** The start time, by `performance.now()`. */
  readonly startedAt: number;
  /** Leaves the app like a user, and waits for its end. */
  leave(): Promise<void>;
}

/** Starts the real app with the given transport and a new session file. */
export async function startApp({ transport, messages }: AppStart): Promise<RunningApp> {
  const cwd = await mkdtemp(join(tmpdir(), "axio-tui-bench-"));
  const sessions = await openSessions({ path: join(cwd, "sessions.db") });
  const session = messages === undefined ? undefined : await sessions.create(messages);
  const terminal = new FakeTerminal(120, 40);
  const settings = settingsStore(join(cwd, "settings.json"));
  const [permissions, notices, end] = [new PermissionQueue(), new Notices(), new AbortController()];
  const env = { TERM: "xterm-256color", COLORTERM: "truecolor", LANG: "C.UTF-8" };
  const folder = EMPTY_FOLDER;
  const shared = { cwd, env, folder, settings, permissions, notices, signal: end.signal, allowsAll: true };
  const options: AppOptions = {
    found: {
      providers: [
        {
          name: "bench",
          packageName: "axio-bench",
          packageVersion: "0.0.0",
          packageDir: cwd,
          origin: "app",
          load: async () => ({ title: "Bench", createTransport: () => transport }),
        },
      ],
      tools: [],
      guards: [],
      selectors: [],
      problems: [],
      untrusted: [],
      disabled: [],
    },
    folder,
    settings,
    sessions,
    cwd,
    env,
    hostFor: (kind, name) => createHost(shared, kind, name),
    permissions,
    notices,
    version: "0.0.0",
    screenReader: false,
    start: session === undefined ? {} : { session: { type: "id", id: session.id } },
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    stderr: process.stderr,
  };
  const startedAt = performance.now();
  const ended = runApp(options);
  return {
    terminal,
    startedAt,
    leave: async () => {
      process.emit("SIGTERM");
      const code = await ended;
      if (code !== 0) throw new Error(`The app exited with ${code}.`);
      end.abort();
      await sessions.close();
      terminal.dispose();
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

function settingsStore(path: string): SettingsStore {
  let current: AppSettings = {
    providers: {},
    theme: "dark",
    // A compaction would request a summary from the transport.
    autoCompact: false,
    plugins: [],
    disabled: [],
    trust: {},
    pluginSettings: {},
  };
  return {
    path,
    get current() {
      return current;
    },
    update: async (change) => {
      current = change(current);
      return current;
    },
  };
}
