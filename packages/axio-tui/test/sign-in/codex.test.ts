import { writeFile } from "node:fs/promises";
import { type Simulator, type SimulatorOptions, startSimulator } from "axio-simulator";
import { profileStore } from "axio-transport-codex";
import { provider } from "axio-transport-codex/plugin";
import { signInAsBrowser } from "test-support/sign-in-as-browser";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  KEYS,
  type ScreenSetup,
  type ShownScreen,
  shownAddress,
  showSignInScreen,
} from "../support/shown-screen.ts";

async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Shows the screen of Codex against a simulator. */
function showScreen({ issuer, baseUrl }: Simulator, setup: ScreenSetup = {}): Promise<ShownScreen> {
  // Other programs may use the ports that the real server accepts.
  return showSignInScreen(provider, { ...setup, settings: { issuer, baseUrl, port: 0 } });
}

async function signIn(screen: ShownScreen): Promise<void> {
  await screen.shows("(Ctrl-Y copies it)");
  await signInAsBrowser(shownAddress(screen));
  await screen.shows("✓ Signed in as");
}

describe("the sign-in screen for Codex", () => {
  it("signs in with the address that it shows, and shows the account, its plan and limits", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.shows(/5 hours .*%.*resets in/);
    const text = screen.text();
    expect(text).toMatch(/Account +\S+@\S+/);
    expect(text).toMatch(/Plan +\w+ plan/);
    expect(text).toMatch(/Workspace +\S+/);
    expect(text).toMatch(/Stored in .*codex\.json/);
    // The first line of the menu leads back to the conversation.
    screen.press(KEYS.enter);
    await vi.waitFor(() => expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: true }));
  });

  it("signs out after a confirmation, and shows the result", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.choose("Sign out");
    await screen.shows("Sign out of the profile default?");
    screen.press(KEYS.enter);
    await screen.shows("› Back to the conversation");
    expect(screen.text()).toMatch(/Account/);
    await screen.choose("Sign out");
    await screen.shows("› No, keep it");
    await screen.choose("Sign out");
    await screen.shows("✓ Signed out. The tokens are revoked.");
    await screen.shows("You are not signed in.");
    expect(await profileStore(undefined, screen.host).load()).toBeUndefined();
  });

  it("shows a device code with a QR code if there is room", async () => {
    const simulator = await simulate({ deviceIntervalSeconds: 1 });
    const screen = await showScreen(simulator);
    await screen.choose("Other ways to sign in");
    await screen.choose("On another device, with a code");
    await screen.shows("and enter this code:");
    expect(screen.text()).toContain("█▀");
    expect(screen.text()).toContain("/codex/device");
    simulator.decideDevice(/code: +(\S+)/.exec(screen.text())?.[1] ?? "");
    await screen.shows("✓ Signed in as");
  });

  it("omits the QR code on a low terminal", async () => {
    const screen = await showScreen(await simulate(), { height: 20 });
    await screen.choose("Other ways to sign in");
    await screen.choose("On another device, with a code");
    await screen.shows("and enter this code:");
    expect(screen.text()).not.toContain("█▀");
    expect(screen.text().split("\n").length).toBeLessThanOrEqual(20);
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
  });

  it("explains why a pasted address is rejected", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await screen.shows("Is the browser on another computer?");
    screen.press("https://example.com/?code=abc&state=other");
    await screen.shows("state=other");
    screen.press(KEYS.enter);
    await screen.shows(/^! /m);
    const page = await fetch(shownAddress(screen), { redirect: "manual" });
    expect(page.status).toBe(200);
    expect(screen.text()).toContain("Waiting for the sign-in");
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
  });

  it("shows the pasted address on a small terminal", async () => {
    const screen = await showScreen(await simulate(), { start: "login", width: 60, height: 23 });
    await screen.shows("and enter this code:");
    screen.press("http://localhost/pasted");
    await screen.shows("› http://localhost/pasted");
    expect(screen.text().split("\n").length).toBeLessThanOrEqual(23);
    expect(screen.text()).toContain("Esc stop");
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
  });

  it("explains a failure, and offers other methods", async () => {
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

  it("stops at Escape, and ignores a browser that returns later", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await screen.shows("(Ctrl-Y copies it)");
    const address = shownAddress(screen);
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
    await signInAsBrowser(address).catch(() => undefined);
    expect(await profileStore(undefined, screen.host).load()).toBeUndefined();
    screen.press(KEYS.escape);
    await vi.waitFor(() => expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: false }));
  });

  it("copies the address", async () => {
    const screen = await showScreen(await simulate(), { start: "login" });
    await screen.shows("(Ctrl-Y copies it)");
    const address = shownAddress(screen);
    screen.press(KEYS.copy);
    await screen.shows("(copied)");
    expect(screen.copied).toHaveBeenCalledExactlyOnceWith(address);
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
    await screen.shows(/default +\S+@\S+, in use/);
    await screen.choose("work ");
    await screen.shows("✓ The profile work is in use now.");
    const profiles = await provider.signIn?.profiles(screen.host);
    expect(profiles?.find(({ isDefault }) => isDefault)?.name).toBe("work");
    await screen.choose("Profiles (2)");
    await screen.choose("Remove default");
    await screen.choose("Sign out there");
    await screen.shows("✓ The profile default is removed.");
    screen.press(KEYS.escape);
    await vi.waitFor(() =>
      expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: true, profile: "work" }),
    );
  });

  it("shows why a sign-in cannot be read", async () => {
    const simulator = await simulate();
    const first = await showScreen(simulator, { start: "login" });
    await signIn(first);
    await writeFile(`${first.host.cwd}/axio/codex.json`, "{");
    const screen = await showScreen(simulator, { host: first.host });
    await screen.shows(/codex\.json/);
    expect(screen.text()).toContain("› Sign in with ChatGPT");
  });

  it("works without colors and Unicode, and shows no token", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login", color: false, unicode: false });
    await screen.shows("(Ctrl-Y copies it)");
    await signInAsBrowser(shownAddress(screen));
    await screen.shows("ok: Signed in as");
    await screen.shows(/5 hours +[#.]+/);
    const written = screen.written();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII
    expect(screen.text()).toMatch(/^[\u0000-\u007f]*$/);
    const credentials = await profileStore(undefined, screen.host).load();
    expect(written).not.toContain(credentials?.accessToken);
    expect(written).not.toContain(credentials?.refreshToken);
    screen.press(KEYS.escape);
  });
});
