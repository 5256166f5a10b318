import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "axio";
import type { Requirement } from "test-support/requirements";
import { Tmux } from "test-support/tmux";
import { builtPackages } from "test-support/workspace/built-packages";
import { bundledPlugin } from "test-support/workspace/bundled-plugin";

const ROOT = join(import.meta.dirname, "..", "..", "..");
/** An SSH session, in which no browser is opened. */
const OVER_SSH = { SSH_CONNECTION: "192.0.2.1 50000 192.0.2.2 22" };

/** The requirement of tests in a real terminal. */
export const TMUX: Requirement = {
  isMet: spawnSync("tmux", ["-V"]).status === 0,
  missing: "no tmux; install it",
};

/** Matches an idle screen. */
export const IDLE = /^((?!Esc stops)[\s\S])*$/;

/** The app with a home and a project of its own, opened in real terminals. */
export class RealApp implements AsyncDisposable {
  readonly #home: string;

  private constructor(home: string) {
    this.#home = home;
  }

  /** Creates the home. `pluginSettings` are those of the app's settings; `notes` is the text of `notes.md` in the project. */
  static async create(pluginSettings: JsonObject, notes: string): Promise<RealApp> {
    const app = new RealApp(await mkdtemp(join(tmpdir(), "axio-terminal-")));
    await mkdir(app.#project);
    await writeFile(join(app.#project, "notes.md"), notes);
    const state = join(app.#home, "state", "axio");
    await mkdir(state, { recursive: true });
    const plugin = join(app.#home, "simulator-plugin");
    await bundledPlugin(join(ROOT, "scripts", "simulator-plugin"), plugin);
    await writeFile(join(state, "settings.json"), JSON.stringify({ plugins: [plugin], pluginSettings }));
    return app;
  }

  /** Opens the app as users install it. */
  async open(...args: readonly string[]): Promise<Tmux> {
    return Tmux.start(
      [process.execPath, join(await builtPackages(), "axio-tui", "dist", "bin.js"), ...args],
      {
        columns: 90,
        rows: 28,
        folder: this.#project,
        env: {
          PATH: process.env["PATH"],
          HOME: this.#home,
          XDG_STATE_HOME: join(this.#home, "state"),
          LANG: "C.UTF-8",
          TERM: "xterm-256color",
          ...OVER_SSH,
        },
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }

  get #project(): string {
    return join(this.#home, "project");
  }
}

/** Types a line, and sends it when it is shown. */
export async function enter(terminal: Tmux, text: string): Promise<void> {
  await terminal.type(text);
  await terminal.shows(`› ${text}`);
  await terminal.press("Enter");
}
