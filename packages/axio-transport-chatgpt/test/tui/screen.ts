import { createSettingsScreen } from "axio-transport-kit/tui";
import type { ChatGPTSimulator } from "codex-simulator";
import {
  type ScreenProperties,
  type ShownScreen,
  showScreen as show,
} from "../../../axio-transport-kit/test/support/show-screen.ts";
import { CHATGPT_PROVIDER } from "../../src/plugin/provider.ts";
import { transport } from "../../src/plugin/transport.ts";

/** Shows the settings screen of this route against a simulator. */
export function showScreen(
  { issuer, apiBaseUrl }: ChatGPTSimulator,
  { host, ...properties }: ScreenProperties = {},
): Promise<ShownScreen> {
  // A test has no browser.
  const provider: typeof CHATGPT_PROVIDER = {
    ...CHATGPT_PROVIDER,
    login: (call) => CHATGPT_PROVIDER.login({ ...call, openBrowser: async () => false }),
  };
  return show(createSettingsScreen(provider, transport), {
    ...properties,
    host: { ...host, settings: { issuer, baseUrl: apiBaseUrl, ...host?.settings } },
  });
}
