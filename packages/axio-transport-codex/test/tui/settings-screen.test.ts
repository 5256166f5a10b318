import { writeFile } from "node:fs/promises";
import type { Simulator } from "axio-simulator";
import {
  KEYS,
  type ScreenProperties,
  type ShownScreen,
  shownAddress,
  showSettingsScreen,
} from "test-support/shown-screen";
import { signInAsBrowser } from "test-support/sign-in-as-browser";
import { describe, expect, it, vi } from "vitest";
import { CODEX_PROVIDER } from "../../src/plugin/provider.ts";
import { transport } from "../../src/plugin/transport.ts";
import { CODEX_PROFILES } from "../../src/profile-store.ts";
import { simulate } from "../support.ts";

/** Shows the screen of Codex against a simulator. */
function showScreen(simulator: Simulator, properties: ScreenProperties = {}): Promise<ShownScreen> {
  const { issuer, baseUrl } = simulator;
  // The ports that the real server knows may be in use.
  const login: typeof CODEX_PROVIDER.login = (call) => CODEX_PROVIDER.login({ ...call, ...{ ports: [0] } });
  const provider = { ...CODEX_PROVIDER, login };
  return showSettingsScreen({ provider, plugin: transport, settings: { issuer, baseUrl }, properties });
}

async function signIn(screen: ShownScreen): Promise<void> {
  await screen.shows("(Ctrl-Y copies it)");
  await signInAsBrowser(shownAddress(screen));
  await screen.shows("✓ Signed in as");
}

describe("the settings screen of Codex", () => {
  it("signs in with the address that it shows, and shows the account, its plan and limits", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.shows(/5 hours .*%.*starts anew in/);
    const text = screen.text();
    expect(text).toMatch(/Account +\S+@\S+/);
    expect(text).toMatch(/Plan +\w+ plan/);
    expect(text).toMatch(/Workspace +\S+/);
    expect(text).toMatch(/Kept in .*codex\.json/);
    // The first line of the menu leads back, so that Enter is all that is left to do.
    screen.press(KEYS.enter);
    await vi.waitFor(() => expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: true }));
  });

  it("signs out, and says what that achieved", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.choose("Sign out");
    await screen.shows("Sign out of the profile default?");
    screen.press(KEYS.enter);
    await screen.shows("› Back to the conversation");
    expect(screen.text()).toMatch(/Account/);
    await screen.choose("Sign out");
    await screen.shows("› No, leave it");
    await screen.choose("Sign out");
    await screen.shows("✓ Signed out. The tokens are worthless now.");
    await screen.shows("Nobody is signed in.");
    expect(await CODEX_PROFILES.store(undefined, screen.host).load()).toBeUndefined();
  });

  it("offers a device code, with a picture where there is room for it", async () => {
    const simulator = await simulate({ deviceIntervalSeconds: 1 });
    const screen = await showScreen(simulator);
    await screen.choose("Sign in another way");
    await screen.choose("On another device, with a code");
    await screen.shows("and type in this code:");
    expect(screen.text()).toContain("█▀");
    expect(screen.text()).toContain("/codex/device");
    simulator.decideDevice(/code: +(\S+)/.exec(screen.text())?.[1] ?? "");
    await screen.shows("✓ Signed in as");
  });

  it("leaves the picture out where the terminal is low, and shows the code all the same", async () => {
    const screen = await showScreen(await simulate(), { height: 20 });
    await screen.choose("Sign in another way");
    await screen.choose("On another device, with a code");
    await screen.shows("and type in this code:");
    expect(screen.text()).not.toContain("█▀");
    expect(screen.text().split("\n").length).toBeLessThanOrEqual(20);
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
  });

  it("takes a pasted address, and says why it does not take another", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await screen.shows("paste its address here");
    screen.press("https://example.com/?code=abc&state=other");
    await screen.shows("state=other");
    screen.press(KEYS.enter);
    await screen.shows(/^! /m);
    const page = await fetch(shownAddress(screen), { redirect: "manual" });
    expect(page.status).toBe(200);
    expect(screen.text()).toContain("Waiting for you");
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
  });

  it("has room for the pasted address on a small terminal", async () => {
    const screen = await showScreen(await simulate(), { start: "login", width: 60, height: 23 });
    await screen.shows("and type in this code:");
    screen.press("http://localhost/pasted");
    await screen.shows("› http://localhost/pasted");
    expect(screen.text().split("\n").length).toBeLessThanOrEqual(23);
    expect(screen.text()).toContain("Esc stop");
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
  });

  it("says why a sign-in failed and offers what may help", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await screen.shows("(Ctrl-Y copies it)");
    await signInAsBrowser(shownAddress(screen), "Cancel");
    await screen.shows(/^✗ /m);
    await screen.shows("› Try again");
    expect(screen.text()).toContain("On another device, with a code");
    screen.press(KEYS.enter);
    await signIn(screen);
  });

  it("stops a sign-in at Escape: who comes late is not signed in", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await screen.shows("(Ctrl-Y copies it)");
    const address = shownAddress(screen);
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
    await signInAsBrowser(address).catch(() => undefined);
    expect(await CODEX_PROFILES.store(undefined, screen.host).load()).toBeUndefined();
    screen.press(KEYS.escape);
    await vi.waitFor(() => expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: false }));
  });

  it("gives the address to the clipboard", async () => {
    const screen = await showScreen(await simulate(), { start: "login" });
    await screen.shows("(Ctrl-Y copies it)");
    const address = shownAddress(screen);
    screen.press(KEYS.copy);
    await screen.shows("(given to the clipboard)");
    expect(screen.copied).toEqual([address]);
    screen.press(KEYS.escape);
  });

  it("adds a profile, uses another one, and removes one", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.choose("Profiles");
    await screen.choose("Add a profile");
    screen.press("../x");
    screen.press(KEYS.enter);
    await screen.shows("Use letters, digits, dots, dashes and underscores.");
    for (let index = 0; index < 4; index += 1) screen.press(KEYS.backspace);
    screen.press("work");
    await screen.shows("› work");
    screen.press(KEYS.enter);
    await signIn(screen);
    await screen.shows("Codex)  work");
    await screen.choose("Profiles (2)");
    await screen.shows(/default +\S+@\S+, used now/);
    await screen.choose("work ");
    await screen.shows("✓ The profile work is used now.");
    expect((await CODEX_PROFILES.read(screen.host)).current).toBe("work");
    await screen.choose("Profiles (2)");
    await screen.choose("Remove default");
    await screen.choose("Sign out there");
    await screen.shows("✓ The profile default is removed.");
    screen.press(KEYS.escape);
    await vi.waitFor(() =>
      expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: true, profile: "work" }),
    );
  });

  it("shows a sign-in that cannot be read with what to do", async () => {
    const simulator = await simulate();
    const first = await showScreen(simulator, { start: "login" });
    await signIn(first);
    await writeFile(`${first.host.cwd}/axio/codex.json`, "{");
    const screen = await showScreen(simulator, { host: first.host });
    await screen.shows(/codex\.json/);
    expect(screen.text()).toContain("› Sign in with ChatGPT");
  });

  it("does without colours and Unicode, and shows no token", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login", color: false, unicode: false });
    await screen.shows("(Ctrl-Y copies it)");
    await signInAsBrowser(shownAddress(screen));
    await screen.shows("ok: Signed in as");
    await screen.shows(/5 hours +[#.]+/);
    const written = screen.written();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: whatever is beyond ASCII
    expect(screen.text()).toMatch(/^[\u0000-\u007f]*$/);
    const credentials = await CODEX_PROFILES.store(undefined, screen.host).load();
    expect(written).not.toContain(credentials?.accessToken);
    expect(written).not.toContain(credentials?.refreshToken);
    screen.press(KEYS.escape);
  });
});
