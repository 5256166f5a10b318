import type { ChatGPTSimulator } from "axio-simulator";
import { type ChatGPTCredentials, profileStore } from "axio-transport-chatgpt";
import { provider } from "axio-transport-chatgpt/plugin";
import { simulate } from "test-support/chatgpt-simulator";
import { freePort } from "test-support/free-port";
import { describe, expect, it, vi } from "vitest";
import {
  KEYS,
  type ScreenSetup,
  type ShownScreen,
  shownAddress,
  showSignInScreen,
} from "../support/shown-screen.ts";

/** The second account of the simulator: the same user in another workspace. */
const TEAM_WORKSPACE = "22222222-2222-4222-8222-222222222222";

/** Shows the screen of this provider against a simulator. */
function showScreen({ issuer, apiBaseUrl }: ChatGPTSimulator, setup: ScreenSetup = {}): Promise<ShownScreen> {
  return showSignInScreen(provider, {
    ...setup,
    settings: { issuer, baseUrl: apiBaseUrl, ...setup.settings },
  });
}

/** Visits the sign-in page. The simulator decides as the test has set it. */
async function signIn(screen: ShownScreen): Promise<void> {
  await screen.shows("(Ctrl-Y copies it)");
  await fetch(shownAddress(screen)).then((page) => page.text());
}

async function signInWithPlan(screen: ShownScreen): Promise<void> {
  await signIn(screen);
  await screen.shows("› Got it");
  screen.press(KEYS.enter);
  await screen.shows("› Back to the conversation");
}

function stored(screen: ShownScreen, profile?: string): Promise<ChatGPTCredentials | undefined> {
  return profileStore(profile, screen.host).load();
}

describe("the sign-in screen for a ChatGPT plan", () => {
  it("signs in under the app's name, shows the notice of the plan once, and shows the account", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator);
    await screen.choose("Continue with ChatGPT");
    await signIn(screen);
    await screen.shows("You're using your ChatGPT plan");
    expect(screen.text()).toContain("Manage usage: https://chatgpt.com/settings/usage");
    expect((await stored(screen))?.planNoticeGiven).toBeUndefined();
    await screen.choose("Got it");
    await screen.shows("Using ChatGPT plan");
    const text = screen.text();
    expect(text).toMatch(/Account +robin@example\.test/);
    expect(text).toMatch(/Registration +oaiapp_/);
    expect(text).toMatch(/Stored in .*chatgpt\.json/);
    expect(text).toContain("Manage usage: https://chatgpt.com/settings/usage");
    expect(simulator.registrations.map(({ name }) => name)).toEqual(["Sample Tool"]);
    await vi.waitFor(async () => expect((await stored(screen))?.planNoticeGiven).toBe(true));
    screen.press(KEYS.enter);
    await vi.waitFor(() => expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: true }));

    const again = await showScreen(simulator, { host: screen.host });
    await again.shows("Using ChatGPT plan");
    expect(again.written()).not.toContain("Got it");
  });

  it("shows the notice again if the user did not confirm it", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.shows("› Got it");
    screen.press(KEYS.escape);
    await screen.shows("Using ChatGPT plan");
    const again = await showScreen(simulator, { host: screen.host });
    await again.shows("› Got it");
  });

  it("lets a user who declined enable the plan later", async () => {
    const simulator = await simulate();
    simulator.next("authorize", { decision: "identity-only" });
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.shows("✓ Signed in as robin@example.test.");
    await screen.shows("ChatGPT plan not used");
    expect(screen.text()).not.toContain("Using ChatGPT plan");
    expect(screen.text()).not.toContain("Got it");
    await screen.choose("Use my ChatGPT plan");
    await screen.shows("(Ctrl-Y copies it)");
    expect(shownAddress(screen)).toContain("prompt=consent");
    await signInWithPlan(screen);
    expect(screen.text()).toContain("Using ChatGPT plan");
    expect(screen.text()).not.toContain("Use my ChatGPT plan");
    expect(simulator.registrations).toHaveLength(1);
  });

  it("asks for the plan again if that sign-in failed and is repeated", async () => {
    const simulator = await simulate();
    simulator.next("authorize", { decision: "identity-only" });
    simulator.next("authorize", { decision: "access_denied" });
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.choose("Use my ChatGPT plan");
    await signIn(screen);
    await screen.shows(/^✗ /m);
    await screen.choose("Try again");
    await screen.shows("(Ctrl-Y copies it)");
    expect(shownAddress(screen)).toContain("prompt=consent");
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
    expect(await stored(screen)).toMatchObject({ email: "robin@example.test" });
  });

  it("offers no device code, and accepts a whole address only", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator);
    await screen.choose("Other ways to sign in");
    await screen.shows("With the browser of this computer");
    expect(screen.text()).not.toContain("code");
    await screen.choose("Anywhere, by pasting");
    await screen.shows("Is the browser on another computer?");
    const page = await fetch(shownAddress(screen), { redirect: "manual" });
    const address = page.headers.get("location") ?? "";
    screen.press(new URL(address).searchParams.get("code") ?? "");
    screen.press(KEYS.enter);
    await screen.shows(/^! /m);
    await screen.shows("Is the browser on another computer?");
    screen.press(`${address}\r`);
    await screen.shows("› Got it");
  });

  it("explains the tunnel through SSH, with the port of the settings", async () => {
    const simulator = await simulate();
    const port = await freePort();
    const screen = await showScreen(simulator, {
      start: "login",
      height: 23,
      width: 80,
      settings: { port },
      host: { env: { SSH_CONNECTION: "10.0.0.1 5 10.0.0.2 22", XDG_CONFIG_HOME: "/" } },
    });
    await screen.shows(`ssh -N -L ${port}:127.0.0.1:${port} USER@THIS-MACHINE`);
    expect(screen.text().split("\n").length).toBeLessThanOrEqual(23);
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
  });

  it("rejects a wrong port, and prefers the app name of the settings", async () => {
    const simulator = await simulate();
    const wrong = await showScreen(simulator, { start: "login", settings: { port: "x" } });
    await wrong.shows('✗ The setting "port" is "x". Use a number');
    const named = await showScreen(simulator, {
      start: "login",
      settings: { appName: "House Helper" },
    });
    await signInWithPlan(named);
    expect(simulator.registrations.map(({ name }) => name)).toEqual(["House Helper"]);
  });

  it("keeps two registrations of one email address apart", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signInWithPlan(screen);
    simulator.set("authorize", { account: TEAM_WORKSPACE });
    await screen.choose("Profiles");
    await screen.choose("Add a profile");
    screen.press("work");
    await screen.shows("› work");
    screen.press(KEYS.enter);
    await signIn(screen);
    await screen.shows("ChatGPT plan  work");
    const [first, second] = [await stored(screen, "default"), await stored(screen, "work")];
    expect(first?.clientId).not.toBe(second?.clientId);
    await screen.shows(second?.clientId ?? "");
    expect(simulator.registrations).toHaveLength(2);
  });

  it("signs out, shows the result, and does not register again", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signInWithPlan(screen);
    await screen.choose("Sign out");
    await screen.choose("Sign out");
    await screen.shows("✓ Signed out. The tokens are revoked.");
    await screen.choose("Continue with ChatGPT");
    await signIn(screen);
    await screen.shows("✓ Signed in as");
    expect(simulator.registrations).toHaveLength(1);
  });

  it("explains what to do if the server did not confirm a sign-out", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signInWithPlan(screen);
    simulator.set("discovery", { revocationEndpoint: false });
    await screen.choose("Sign out");
    await screen.choose("Sign out");
    await screen.shows("The server did not confirm");
    const shown = screen.text().replaceAll(/\s+/g, " ");
    expect(shown).toContain("disconnect the app in the settings of ChatGPT");
    expect(shown.match(/deleted here/g)).toHaveLength(1);
    expect(await stored(screen)).toMatchObject({ accessToken: "", refreshToken: "" });
  });

  it("works without colors and Unicode, and shows no token", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login", color: false, unicode: false });
    await signIn(screen);
    await screen.shows("> Got it");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII
    expect(screen.text()).toMatch(/^[\u0000-\u007f]*$/);
    const { accessToken = "", refreshToken = "", idToken = "" } = (await stored(screen)) ?? {};
    for (const secret of [accessToken, refreshToken, idToken]) {
      expect(secret).not.toBe("");
      expect(screen.written()).not.toContain(secret);
    }
  });
});

/** Finds a free port. */
