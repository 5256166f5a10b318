import type { TransportSettingsPlugin, TransportSettingsProperties } from "axio/plugin";
import { createSettingsScreen } from "axio-transport-kit/tui";
import type { ReactNode } from "react";
import { CHATGPT_PROVIDER } from "../plugin/provider.ts";
import { transport } from "../plugin/transport.ts";

/**
 * The screen on which people sign in with ChatGPT: by browser or pasted address; the account in use, whether its plan is
 * used, and where that is managed; profiles; signing out. A component for Ink.
 */
export const ChatGPTSettingsScreen: (properties: TransportSettingsProperties) => ReactNode =
  createSettingsScreen(CHATGPT_PROVIDER, transport);

/** The screen, for apps that find it as a plugin. */
export const settings: TransportSettingsPlugin = {
  title: CHATGPT_PROVIDER.title,
  Screen: ChatGPTSettingsScreen,
};
