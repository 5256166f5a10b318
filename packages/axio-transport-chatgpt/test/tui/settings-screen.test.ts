import { createServer } from "node:net";
import type { ChatGPTSimulator } from "axio-simulator";
import {
  KEYS,
  type ScreenProperties,
  type ShownScreen,
  shownAddress,
  showSettingsScreen,
} from "test-support/shown-screen";
import { describe, expect, it, vi } from "vitest";
import type { ChatGPTCredentials } from "../../src/index.ts";
import { CHATGPT_PROVIDER } from "../../src/plugin/provider.ts";
import { transport } from "../../src/plugin/transport.ts";
import { CHATGPT_PROFILES } from "../../src/profile-store.ts";
import { simulate } from "../support.ts";

/** The second account of the simulator: the same person, in another workspace. */
const TEAM_WORKSPACE = "22222222-2222-4222-8222-222222222222";

/** Shows the screen of this route against a simulator. */
function showScreen(
  { issuer, apiBaseUrl }: ChatGPTSimulator,
  { host, ...properties }: ScreenProperties = {},
): Promise<ShownScreen> {
  return showSettingsScreen({
    provider: CHATGPT_PROVIDER,
    plugin: transport,
    settings: {},
    properties: {
      ...properties,
      host: { ...host, settings: { issuer, baseUrl: apiBaseUrl, ...host?.settings } },
    },
  });
}

/** Does at the browser what the simulator's switches say. */
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

function kept(screen: ShownScreen, profile?: string): Promise<ChatGPTCredentials | undefined> {
  return CHATGPT_PROFILES.store(profile, screen.host).load();
}

describe("the settings screen of Sign in with ChatGPT", () => {
  it("signs in under the app's name, tells once that the plan is used, and shows the account", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator);
    await screen.choose("Continue with ChatGPT");
    await signIn(screen);
    await screen.shows("You're using your ChatGPT plan");
    expect(screen.text()).toContain("Manage usage: https://chatgpt.com/settings/usage");
    expect((await kept(screen))?.planNoticeGiven).toBeUndefined();
    await screen.choose("Got it");
    await screen.shows("Using ChatGPT plan");
    const text = screen.text();
    expect(text).toMatch(/Account +robin@example\.test/);
    expect(text).toMatch(/Registered +oaiapp_/);
    expect(text).toMatch(/Kept in .*chatgpt\.json/);
    expect(text).toContain("Manage usage: https://chatgpt.com/settings/usage");
    expect(simulator.registrations.map(({ name }) => name)).toEqual(["Sample Tool"]);
    await vi.waitFor(async () => expect((await kept(screen))?.planNoticeGiven).toBe(true));
    screen.press(KEYS.enter);
    await vi.waitFor(() => expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: true }));

    const again = await showScreen(simulator, { host: screen.host });
    await again.shows("Using ChatGPT plan");
    expect(again.written()).not.toContain("Got it");
  });

  it("tells of the plan again where nobody has confirmed it", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signIn(screen);
    await screen.shows("› Got it");
    screen.press(KEYS.escape);
    await screen.shows("Using ChatGPT plan");
    const again = await showScreen(simulator, { host: screen.host });
    await again.shows("› Got it");
  });

  it("keeps who signed in without the plan, and lets them enable it later", async () => {
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

  it("asks again for the plan where that sign-in failed and is tried again", async () => {
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
    expect(await kept(screen)).toMatchObject({ email: "robin@example.test" });
  });

  it("offers no device code, and takes the whole address as a paste, not a bare code", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator);
    await screen.choose("Sign in another way");
    await screen.shows("With the browser of this computer");
    expect(screen.text()).not.toContain("code");
    await screen.choose("Anywhere, by pasting");
    await screen.shows("paste its address here");
    const page = await fetch(shownAddress(screen), { redirect: "manual" });
    const address = page.headers.get("location") ?? "";
    screen.press(new URL(address).searchParams.get("code") ?? "");
    screen.press(KEYS.enter);
    await screen.shows(/^! /m);
    await screen.shows("paste its address here");
    screen.press(`${address}\r`);
    await screen.shows("› Got it");
  });

  it("explains through SSH how the browser of another computer comes back, with the port of the settings", async () => {
    const simulator = await simulate();
    const port = await freePort();
    const screen = await showScreen(simulator, {
      start: "login",
      height: 23,
      width: 80,
      host: { settings: { port }, env: { SSH_CONNECTION: "10.0.0.1 5 10.0.0.2 22", XDG_CONFIG_HOME: "/" } },
    });
    await screen.shows(`ssh -N -L ${port}:127.0.0.1:${port} USER@THIS-MACHINE`);
    expect(screen.text().split("\n").length).toBeLessThanOrEqual(23);
    screen.press(KEYS.escape);
    await screen.shows("The sign-in was stopped.");
  });

  it("names a port that is none, and an app name of the settings goes before the app's", async () => {
    const simulator = await simulate();
    const wrong = await showScreen(simulator, { start: "login", host: { settings: { port: "x" } } });
    await wrong.shows('✗ The setting "port" of transports/chatgpt is "x"');
    const named = await showScreen(simulator, {
      start: "login",
      host: { settings: { appName: "House Helper" } },
    });
    await signInWithPlan(named);
    expect(simulator.registrations.map(({ name }) => name)).toEqual(["House Helper"]);
  });

  it("keeps two registrations of one address apart", async () => {
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
    const [first, second] = [await kept(screen, "default"), await kept(screen, "work")];
    expect(first?.clientId).not.toBe(second?.clientId);
    await screen.shows(second?.clientId ?? "");
    expect(simulator.registrations).toHaveLength(2);
  });

  it("signs out, says what that achieved, and registers no second time", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signInWithPlan(screen);
    await screen.choose("Sign out");
    await screen.choose("Sign out");
    await screen.shows("✓ Signed out. The tokens are worthless now.");
    await screen.choose("Continue with ChatGPT");
    await signIn(screen);
    await screen.shows("✓ Signed in as");
    expect(simulator.registrations).toHaveLength(1);
  });

  it("says where the server did not confirm a sign-out, and what to do then", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login" });
    await signInWithPlan(screen);
    simulator.set("discovery", { revocationEndpoint: false });
    await screen.choose("Sign out");
    await screen.choose("Sign out");
    await screen.shows("The server did not confirm");
    const said = screen.text().replaceAll(/\s+/g, " ");
    expect(said).toContain("disconnect the app in the settings of ChatGPT");
    expect(said.match(/deleted here/g)).toHaveLength(1);
    expect(await kept(screen)).toMatchObject({ accessToken: "", refreshToken: "" });
  });

  it("does without colours and Unicode, and shows no token", async () => {
    const simulator = await simulate();
    const screen = await showScreen(simulator, { start: "login", color: false, unicode: false });
    await signIn(screen);
    await screen.shows("> Got it");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: whatever is beyond ASCII
    expect(screen.text()).toMatch(/^[\u0000-\u007f]*$/);
    const { accessToken = "", refreshToken = "", idToken = "" } = (await kept(screen)) ?? {};
    for (const secret of [accessToken, refreshToken, idToken]) {
      expect(secret).not.toBe("");
      expect(screen.written()).not.toContain(secret);
    }
  });
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("The server has no address.");
  return address.port;
}
