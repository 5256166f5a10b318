import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

/** The visible cursor. Its position is counted from 0. */
export interface TmuxCursor {
  readonly row: number;
  readonly column: number;
  /** The text of its row. */
  readonly text: string;
}

/** A program in a real terminal without a window. */
export class Tmux implements AsyncDisposable {
  /** Contains the socket of the server, which tmux does not delete. */
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Starts a program. `env` is its whole environment, except for variables of tmux. */
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
    // The screen stays readable after the program ends.
    const keep = [";", "set-option", "-g", "remain-on-exit", "on"];
    const session = ["new-session", "-d", "-c", folder, ...size, ...command];
    await run("tmux", ["-S", tmux.#socket, "-f", "/dev/null", ...session, ...keep], { env });
    return tmux;
  }

  /** Presses keys, by their names in tmux: `Enter`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#tmux("send-keys", key);
      // Keys that arrive together can mean a paste.
      await wait(50);
    }
  }

  /** Types text. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", text);
    await wait(50);
  }

  /** Pastes text like a terminal. */
  async paste(text: string): Promise<void> {
    await this.#tmux("set-buffer", text);
    await this.#tmux("paste-buffer", "-p");
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Returns the screen, with or without the sequences that style it. */
  async screen(styled = false): Promise<string> {
    const { stdout } = await this.#tmux("capture-pane", "-p", ...(styled ? ["-e"] : []));
    return stdout;
  }

  /** Returns the cursor; `undefined` if it is hidden. */
  async cursor(): Promise<TmuxCursor | undefined> {
    const { stdout } = await this.#tmux("display-message", "-p", "#{cursor_flag} #{cursor_x} #{cursor_y}");
    const [isVisible, column = 0, row = 0] = stdout.split(" ").map(Number);
    if (isVisible !== 1) return undefined;
    const rows = (await this.screen()).split("\n");
    return { row, column, text: rows[row] ?? "" };
  }

  /** Waits until the screen shows a text, and returns the screen. */
  async shows(wanted: string | RegExp): Promise<string> {
    const endsAt = Date.now() + TIMEOUT_MS;
    for (;;) {
      const screen = await this.screen();
      if (typeof wanted === "string" ? screen.includes(wanted) : wanted.test(screen)) return screen;
      if (Date.now() > endsAt) throw new Error(`The terminal does not show ${String(wanted)}:\n${screen}`);
      await wait(100);
    }
  }

  /** Presses a key, again and again, until the screen shows a text. */
  async pressUntil(key: string, wanted: string): Promise<string> {
    const endsAt = Date.now() + TIMEOUT_MS;
    for (;;) {
      await this.press(key);
      const screen = await this.screen();
      if (screen.includes(wanted)) return screen;
      if (Date.now() > endsAt) throw new Error(`${key} does not lead to ${wanted}:\n${screen}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => undefined);
    await rm(this.#directory, { recursive: true, force: true });
  }

  get #socket(): string {
    return join(this.#directory, "socket");
  }

  #tmux(...args: readonly string[]): Promise<{ stdout: string }> {
    return run("tmux", ["-S", this.#socket, ...args]);
  }
}
