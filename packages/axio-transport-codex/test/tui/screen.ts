import { createSettingsScreen } from "axio-transport-kit/tui";
import type { Simulator } from "codex-simulator";
import {
  type ScreenProperties,
  type ShownScreen,
  showScreen as show,
} from "../../../axio-transport-kit/test/support/show-screen.ts";
import { CODEX_PROVIDER } from "../../src/plugin/provider.ts";
import { transport } from "../../src/plugin/transport.ts";

/** Shows the settings screen of Codex against a simulator. */
export function showScreen(
  { issuer, baseUrl }: Simulator,
  { host, ...properties }: ScreenProperties = {},
): Promise<ShownScreen> {
  // The ports that the real server knows may be in use, and a test has no browser.
  const provider: typeof CODEX_PROVIDER = {
    ...CODEX_PROVIDER,
    login: (call) => CODEX_PROVIDER.login({ ...call, ...{ ports: [0] }, openBrowser: async () => false }),
  };
  return show(createSettingsScreen(provider, transport), {
    ...properties,
    host: { settings: { issuer, baseUrl }, ...host },
  });
}
