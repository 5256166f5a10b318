import type { SignInScreenPlugin } from "axio/plugin";
import { createSettingsScreen } from "axio-transport-kit/tui";
import { CHATGPT_PROVIDER } from "../plugin/provider.ts";
import { transport } from "../plugin/transport.ts";

/**
 * The screen on which users sign in with ChatGPT, by browser or pasted address, and see and manage their account, plan use and
 * profiles.
 */
export const settings: SignInScreenPlugin = {
  title: CHATGPT_PROVIDER.title,
  open: createSettingsScreen(CHATGPT_PROVIDER, transport),
};
