import { describe, expect, it, vi } from "vitest";
import {
  KEYS,
  type ShownScreen,
  shownAddress,
  showSettingsScreen,
} from "../../../axio-transport-kit/test/support/shown-screen.ts";
import { CHATGPT_PROVIDER } from "../../src/plugin/provider.ts";
import { transport } from "../../src/plugin/transport.ts";
import { simulate } from "../support.ts";

async function signIn(screen: ShownScreen): Promise<void> {
  await screen.shows("(Ctrl-Y copies it)");
  await fetch(shownAddress(screen));
  await screen.shows("✓ Signed in as");
}

describe("the settings screen of a ChatGPT plan", () => {
  it("signs in, says that the plan is used and where that is managed, and signs out", async () => {
    const simulator = await simulate();
    const screen = await showSettingsScreen({
      provider: CHATGPT_PROVIDER,
      plugin: transport,
      settings: { issuer: simulator.issuer },
      properties: { start: "login" },
    });
    await screen.shows("Continue with ChatGPT");
    await signIn(screen);
    await screen.shows("Using ChatGPT plan. Manage usage: https://chatgpt.com/settings/usage");
    expect(await transport.account?.(screen.host, {})).toMatchObject({ label: expect.stringContaining("@") });
    await screen.choose("Sign out");
    await screen.choose("Sign out");
    await screen.shows("✓ Signed out.");
    await screen.shows("Nobody is signed in.");
    screen.press(KEYS.escape);
    await vi.waitFor(() => expect(screen.done).toHaveBeenCalledExactlyOnceWith({ changed: true }));
  });

  it("offers no device code, since there is none", async () => {
    const simulator = await simulate();
    const screen = await showSettingsScreen({
      provider: CHATGPT_PROVIDER,
      plugin: transport,
      settings: { issuer: simulator.issuer },
    });
    await screen.choose("Sign in another way");
    await screen.shows("Anywhere, by pasting the address");
    expect(screen.text()).not.toContain("with a code");
  });
});
