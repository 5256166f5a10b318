import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { JsonObject } from "axio";
import {
  CURSOR,
  type PluginHost,
  type ScreenInput,
  type ScreenSize,
  type ScreenStyle,
  type SignInScreenOptions,
  type TransportPlugin,
} from "axio/plugin";
import type { BearerCredentials } from "axio-transport-kit";
import type { SignInProvider } from "axio-transport-kit/plugin";
import { createSettingsScreen } from "axio-transport-kit/tui";
import { onTestFinished, vi } from "vitest";

const key = (name: string, ctrl = false): ScreenInput => ({
  type: "key",
  name,
  ctrl,
  alt: false,
  shift: false,
});

/** The input of keys. */
export const KEYS = {
  up: key("up"),
  down: key("down"),
  enter: key("enter"),
  escape: key("escape"),
  backspace: key("backspace"),
  copy: key("y", true),
} as const;

/** The screen as a person has it before them. */
export interface ShownScreen {
  readonly host: PluginHost;
  /** What is shown now, without colours. */
  readonly text: () => string;
  /** All frames. */
  readonly written: () => string;
  /** The texts that were copied to the clipboard. */
  readonly copied: readonly string[];
  /** Presses a key, or types text. */
  readonly press: (input: ScreenInput | string) => void;
  /** Waits until a text is shown. */
  readonly shows: (text: string | RegExp) => Promise<void>;
  /** Chooses the line of the menu that begins so. */
  readonly choose: (label: string) => Promise<void>;
  readonly done: ReturnType<typeof vi.fn<SignInScreenOptions["onDone"]>>;
}

/** Whose screen is shown, and what is different for a test. */
export interface ScreenSetup<C extends BearerCredentials> {
  readonly provider: SignInProvider<C>;
  readonly plugin: TransportPlugin;
  /** The settings of the plugin: where the simulator is. */
  readonly settings: JsonObject;
  readonly properties?: ScreenProperties;
}

/** The options of a screen. */
export interface ScreenProperties extends Partial<ScreenSize & ScreenStyle> {
  readonly start?: SignInScreenOptions["start"];
  readonly profile?: string;
  readonly host?: Partial<PluginHost>;
}

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
  const done = vi.fn<SignInScreenOptions["onDone"]>();
  const frames: string[] = [];
  const copied: string[] = [];
  const { width = 100, height = 50, color = true, unicode = true, start = "overview", profile } = properties;
  const screen = createSettingsScreen(
    { ...provider, login },
    plugin,
  )({
    host,
    profile,
    start,
    style: { color, unicode },
    copy: (copy) => copied.push(copy),
    onDone: done,
  });
  const draw = (): void => {
    frames.push(screen.render({ width, height }).join("\n"));
  };
  draw();
  screen.subscribe(draw);
  onTestFinished(() => screen.close());
  const text = (): string => stripVTControlCharacters((frames.at(-1) ?? "").replaceAll(CURSOR, ""));
  const shows = (wanted: string | RegExp): Promise<void> =>
    vi.waitFor(
      () => {
        const shown = text();
        if (typeof wanted === "string" ? !shown.includes(wanted) : !wanted.test(shown))
          throw new Error(`${wanted} is not shown:\n${shown}`);
      },
      { timeout: 20_000, interval: 10 },
    );
  const press = (input: ScreenInput | string): void =>
    screen.handleInput(typeof input === "string" ? { type: "text", text: input } : input);
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
  return { host, text, written: () => frames.join("\n"), copied, press, shows, choose, done };
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
