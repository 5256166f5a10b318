import { EventEmitter } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { JsonObject } from "axio";
import type { PluginHost, TransportPlugin, TransportSettingsProperties } from "axio/plugin";
import type { BearerCredentials } from "axio-transport-kit";
import type { SignInProvider } from "axio-transport-kit/plugin";
import { createSettingsScreen } from "axio-transport-kit/tui";
import { render } from "ink";
import { createElement } from "react";
import { onTestFinished, vi } from "vitest";

/** What keys send. */
export const KEYS = {
  up: "\u001b[A",
  down: "\u001b[B",
  enter: "\r",
  escape: "\u001b",
  backspace: "\u007f",
  copy: "\u0019",
} as const;

/** The screen as a person has it before them. */
export interface ShownScreen {
  readonly host: PluginHost;
  /** What is shown now, without colours. */
  readonly text: () => string;
  /** Everything that was written to the terminal. */
  readonly written: () => string;
  /** Presses a key, or pastes a text. */
  readonly press: (input: string) => void;
  /** Waits until a text is shown. */
  readonly shows: (text: string | RegExp) => Promise<void>;
  /** Chooses the line of the menu that begins so. */
  readonly choose: (label: string) => Promise<void>;
  readonly done: ReturnType<typeof vi.fn<TransportSettingsProperties["onDone"]>>;
}

/** Whose screen is shown, and what is different for a test. */
export interface ScreenSetup<C extends BearerCredentials> {
  readonly provider: SignInProvider<C>;
  readonly plugin: TransportPlugin;
  /** The settings of the plugin: where the simulator is. */
  readonly settings: JsonObject;
  readonly properties?: ScreenProperties;
}

/** What a screen is shown with. */
export type ScreenProperties = Partial<Omit<TransportSettingsProperties, "host">> & {
  readonly host?: Partial<PluginHost>;
};

/** Shows the settings screen of a provider, in a home folder of its own. No browser is opened. */
export async function showSettingsScreen<C extends BearerCredentials>({
  provider,
  plugin,
  settings,
  properties = {},
}: ScreenSetup<C>): Promise<ShownScreen> {
  const home = await mkdtemp(join(tmpdir(), "axio-screen-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const host: PluginHost = {
    appName: "Sample Tool",
    cwd: home,
    env: { XDG_CONFIG_HOME: home, XDG_STATE_HOME: home },
    settings,
    signal: new AbortController().signal,
    onWarning: () => undefined,
    requestPermission: async () => ({ allowed: false }),
    ...properties.host,
  };
  const login: typeof provider.login = (call) => provider.login({ ...call, openBrowser: async () => false });
  const done = vi.fn<TransportSettingsProperties["onDone"]>();
  const terminal = new Terminal();
  const keyboard = new Keyboard();
  const { unmount } = render(
    createElement(createSettingsScreen({ ...provider, login }, plugin), {
      width: 100,
      height: 50,
      color: true,
      unicode: true,
      onDone: done,
      ...properties,
      host,
    }),
    {
      stdout: terminal as unknown as NodeJS.WriteStream,
      stdin: keyboard as unknown as NodeJS.ReadStream,
      debug: true,
      patchConsole: false,
      exitOnCtrlC: false,
    },
  );
  onTestFinished(() => unmount());
  const text = (): string => stripVTControlCharacters(terminal.frames.at(-1) ?? "");
  const shows = (wanted: string | RegExp): Promise<void> =>
    vi.waitFor(
      () => {
        const shown = text();
        if (typeof wanted === "string" ? !shown.includes(wanted) : !wanted.test(shown))
          throw new Error(`${wanted} is not shown:\n${shown}`);
      },
      { timeout: 20_000, interval: 10 },
    );
  const press = (input: string): void => keyboard.send(input);
  const choose = async (label: string): Promise<void> => {
    await shows(label);
    for (let moves = 0; moves < 20; moves += 1) {
      const line = markedLine(text());
      if (line.slice(2).startsWith(label)) return press(KEYS.enter);
      press(KEYS.down);
      await vi.waitFor(
        () => {
          if (markedLine(text()) === line) throw new Error("The mark has not moved.");
        },
        { timeout: 20_000, interval: 10 },
      );
    }
    throw new Error(`${label} cannot be chosen:\n${text()}`);
  };
  return { host, text, written: () => terminal.frames.join(""), press, shows, choose, done };
}

/** The address to sign in at, put together from the lines that it is broken into. */
export function shownAddress(screen: ShownScreen): string {
  const lines = screen.text().split("\n");
  const begin = lines.findIndex((line) => line.startsWith("http://127.0.0.1"));
  const end = lines.findIndex((line, index) => index > begin && line.startsWith("("));
  return lines.slice(begin, end).join("");
}

function markedLine(screen: string): string {
  return screen.split("\n").find((line) => /^[›>] /.test(line)) ?? "";
}

class Terminal extends EventEmitter {
  readonly columns = 100;
  readonly rows = 60;
  readonly isTTY = true;
  readonly frames: string[] = [];

  write(frame: string): boolean {
    this.frames.push(frame);
    return true;
  }
}

class Keyboard extends EventEmitter {
  readonly isTTY = true;
  readonly #chunks: string[] = [];

  send(chunk: string): void {
    this.#chunks.push(chunk);
    this.emit("readable");
  }

  read(): string | null {
    return this.#chunks.shift() ?? null;
  }

  setRawMode(): this {
    return this;
  }

  setEncoding(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
