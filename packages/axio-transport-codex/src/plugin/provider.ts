import type { Provider } from "axio/plugin";
import { createSignIn } from "axio-auth/provider";
import { TRANSPORT_NAME } from "../config.ts";
import type { Credentials } from "../credentials.ts";
import { SETTINGS } from "./settings.ts";

/** The Codex backend, for apps and command lines. */
export const provider: Provider = {
  title: TRANSPORT_NAME,
  settings: SETTINGS,
  usageUrl: "https://chatgpt.com/codex/settings/usage",
  signIn: createSignIn<Credentials>({
    title: "Sign in with ChatGPT",
    methods: ["browser", "device", "paste"],
    stores: [{ name: "codex-cli", description: "the official CLI's auth.json", isSingle: true }],
    load: async () => (await import("./sign-in-actions.ts")).SIGN_IN_ACTIONS,
  }),
  createTransport: async (host, selection) =>
    (await import("./open-transport.ts")).openTransport(host, selection),
  fetchRateLimits: async (host, selection) => {
    const { openTransport } = await import("./open-transport.ts");
    using transport = await openTransport(host, selection);
    return await transport.fetchRateLimits({ signal: selection.signal });
  },
};
