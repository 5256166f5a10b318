import type { Provider } from "axio/plugin";
import { createApiKeySignIn } from "axio-auth/provider";
import { KEY_PAGE, KEY_VARIABLE, TRANSPORT_NAME, USAGE_PAGE } from "../config.ts";
import { SETTINGS } from "./settings.ts";

/** Claude, for apps and command lines. */
export const provider: Provider = {
  title: TRANSPORT_NAME,
  settings: SETTINGS,
  usageUrl: USAGE_PAGE,
  signIn: createApiKeySignIn({
    title: "Sign in with an Anthropic API key",
    keyTitle: "Anthropic API key",
    keyUrl: KEY_PAGE,
    variables: [KEY_VARIABLE],
    owner: "Anthropic",
    load: async () => (await import("./sign-in-actions.ts")).SIGN_IN_ACTIONS,
  }),
  createTransport: async (host, selection) =>
    (await import("./open-transport.ts")).openTransport(host, selection),
};
