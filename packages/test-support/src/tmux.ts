import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
/** How long something is waited for, in milliseconds. */
const PATIENCE = 60_000;

/** A program in a real terminal that nobody sees. */
export class Tmux implements AsyncDisposable {
  /** Holds the server's socket, which tmux leaves behind. */
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts a program on a screen of its own. `env` holds all variables that it gets besides tmux's. */
  static async start(
    command: readonly string[],
    {
      columns,
      rows,
      folder,
      env,
    }: {
      readonly columns: number;
      readonly rows: number;
      readonly folder: string;
      readonly env: NodeJS.ProcessEnv;
    },
  ): Promise<Tmux> {
    const tmux = new Tmux(await mkdtemp(join(tmpdir(), "axio-tmux-")));
    const size = ["-x", String(columns), "-y", String(rows)];
    // What a program leaves on the screen can be read after its end.
    const keep = [";", "set-option", "-g", "remain-on-exit", "on"];
    const session = ["new-session", "-d", "-c", folder, ...size, ...command];
    await run("tmux", ["-S", tmux.#socket, "-f", "/dev/null", ...session, ...keep], { env });
    return tmux;
  }

  /** Presses keys, by tmux's names for them: `Enter`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#tmux("send-keys", key);
      // As by hand: keys that come at once can mean a paste.
      await wait(50);
    }
  }

  /** Writes text. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", text);
    await wait(50);
  }

  /** Pastes text as a terminal does. */
  async paste(text: string): Promise<void> {
    await this.#tmux("set-buffer", text);
    await this.#tmux("paste-buffer", "-p");
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** The screen, with the sequences that style it if asked for. */
  async screen(styled = false): Promise<string> {
    const { stdout } = await this.#tmux("capture-pane", "-p", ...(styled ? ["-e"] : []));
    return stdout;
  }

  /** Waits until the screen shows something, and gives the screen. */
  async shows(wanted: string | RegExp): Promise<string> {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const screen = await this.screen();
      if (typeof wanted === "string" ? screen.includes(wanted) : wanted.test(screen)) return screen;
      if (Date.now() > until) throw new Error(`The terminal does not show ${String(wanted)}:\n${screen}`);
      await wait(100);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return join(this.#folder, "socket");
  }

  #tmux(...args: readonly string[]): Promise<{ stdout: string }> {
    return run("tmux", ["-S", this.#socket, ...args]);
  }
}
