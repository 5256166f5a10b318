import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { JsonObject } from "axio";
import { CURSOR, type PluginHost, type Provider, type SignInScreenOptions } from "axio/plugin";
import { onTestFinished, vi } from "vitest";
import { SignInScreen } from "../../src/sign-in/sign-in-screen.ts";

/** The keys that the screen knows. */
export const KEYS = {
  up: { name: "up", ctrl: false },
  down: { name: "down", ctrl: false },
  enter: { name: "enter", ctrl: false },
  escape: { name: "escape", ctrl: false },
  backspace: { name: "backspace", ctrl: false },
  copy: { name: "y", ctrl: true },
} as const;

/** A sign-in screen, as the user sees it. */
export interface ShownScreen {
  readonly host: PluginHost;
  /** The rows that are shown now, without colors. */
  readonly text: () => string;
  /** Everything that was ever shown, with colors. */
  readonly written: () => string;
  /** Presses a key, or pastes a text. */
  readonly press: (input: string | (typeof KEYS)[keyof typeof KEYS]) => void;
  /** Waits until a text is shown. */
  readonly shows: (text: string | RegExp) => Promise<void>;
  /** Selects the line of the menu that begins with a label. */
  readonly choose: (label: string) => Promise<void>;
  readonly done: ReturnType<typeof vi.fn<SignInScreenOptions["onDone"]>>;
  readonly copied: ReturnType<typeof vi.fn<SignInScreenOptions["copy"]>>;
}

/** How a test shows a screen. */
export interface ScreenSetup {
  readonly settings?: JsonObject;
  readonly host?: Partial<PluginHost>;
  readonly start?: SignInScreenOptions["start"];
  readonly color?: boolean;
  readonly unicode?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** Shows the sign-in screen of a provider, in a home directory of its own. No browser is opened. */
export async function showSignInScreen(provider: Provider, setup: ScreenSetup = {}): Promise<ShownScreen> {
  const { width = 100, height = 50, color = true, unicode = true, start = "overview" } = setup;
  const { signIn } = provider;
  if (signIn === undefined) throw new Error("The provider has no sign-in.");
  const home = await mkdtemp(join(tmpdir(), "axio-screen-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const host: PluginHost = {
    appName: "Sample Tool",
    cwd: home,
    env: { XDG_CONFIG_HOME: home, XDG_STATE_HOME: home },
    settings: setup.settings ?? {},
    signal: new AbortController().signal,
    onWarning: () => undefined,
    requestPermission: async () => ({ allowed: false }),
    ...setup.host,
  };
  const done = vi.fn<SignInScreenOptions["onDone"]>();
  const copied = vi.fn<SignInScreenOptions["copy"]>();
  const silent = {
    ...signIn,
    login: (...[to, call]: Parameters<typeof signIn.login>) =>
      signIn.login(to, { ...call, openBrowser: async () => false }),
  };
  const screen = new SignInScreen(provider, silent, {
    host,
    start,
    style: { color, unicode },
    copy: copied,
    onDone: done,
  });
  onTestFinished(() => screen.close());
  const frames: string[] = [];
  const draw = (): void => void frames.push(screen.render({ width, height }).join("\n"));
  draw();
  onTestFinished(screen.subscribe(draw));
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
  const press: ShownScreen["press"] = (input) => {
    if (typeof input === "string") screen.handleInput({ type: "paste", text: input });
    else screen.handleInput({ type: "key", ...input, alt: false, shift: false });
  };
  const choose = async (label: string): Promise<void> => {
    await shows(label);
    for (let moves = 0; moves < 20; moves += 1) {
      if (markedLine(text()).slice(2).startsWith(label)) return press(KEYS.enter);
      press(KEYS.down);
    }
    throw new Error(`${label} cannot be selected:\n${text()}`);
  };
  return { host, text, written: () => frames.join("\n"), press, shows, choose, done, copied };
}

/** The address to sign in at, joined from the rows that it is broken into. */
export function shownAddress(screen: ShownScreen): string {
  const lines = screen.text().split("\n");
  const begin = lines.findIndex((line) => line.startsWith("http://127.0.0.1"));
  const end = lines.findIndex((line, index) => index > begin && line.startsWith("("));
  return lines.slice(begin, end).join("");
}

function markedLine(screen: string): string {
  return screen.split("\n").find((line) => /^[›>] /.test(line)) ?? "";
}
