import type { TransportSettingsPlugin, TransportSettingsProperties } from "axio/plugin";
import { createSettingsScreen } from "axio-transport-kit/tui";
import type { ReactNode } from "react";
import { CODEX_PROVIDER } from "../plugin/provider.ts";
import { transport } from "../plugin/transport.ts";

/**
 * The screen on which people sign in to ChatGPT: by browser, pasted address or device code; the account, plan, workspace and
 * limits; profiles; signing out. A component for Ink.
 */
export const CodexSettingsScreen: (properties: TransportSettingsProperties) => ReactNode =
  createSettingsScreen(CODEX_PROVIDER, transport);

/** The screen, for apps that find it as a plugin. */
export const settings: TransportSettingsPlugin = {
  title: CODEX_PROVIDER.title,
  Screen: CodexSettingsScreen,
};
