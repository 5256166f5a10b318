import type { SignInScreenPlugin } from "axio/plugin";
import { createSettingsScreen } from "axio-transport-kit/tui";
import { CODEX_PROVIDER } from "../plugin/provider.ts";
import { transport } from "../plugin/transport.ts";

/**
 * The screen on which users sign in to ChatGPT, by browser, pasted address or device code, and see and manage their account,
 * limits and profiles.
 */
export const settings: SignInScreenPlugin = {
  title: CODEX_PROVIDER.title,
  open: createSettingsScreen(CODEX_PROVIDER, transport),
};
