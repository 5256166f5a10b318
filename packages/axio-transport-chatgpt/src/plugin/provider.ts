import type { Provider } from "axio/plugin";
import { createSignIn } from "axio-auth/provider";
import { TRANSPORT_NAME, USAGE_PAGE } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";
import { SETTINGS } from "./settings.ts";

/**
 * A ChatGPT plan through the documented sign-in, for apps and command lines. The user signs in to the app that hosts the
 * plugin, under its name. The texts are those that OpenAI asks apps to use.
 */
export const provider: Provider = {
  title: TRANSPORT_NAME,
  settings: SETTINGS,
  usageUrl: USAGE_PAGE,
  signIn: createSignIn<ChatGPTCredentials>({
    title: "Continue with ChatGPT",
    methods: ["browser", "paste"],
    keepsRegistration: true,
    planUse: {
      offExplanation:
        "You are signed in without your plan, so there are no responses. You can allow its use at any time.",
      enableLabel: "Use my ChatGPT plan",
      notice: {
        title: "You're using your ChatGPT plan",
        text: "Your prompts count towards it. In the settings of ChatGPT you can see the usage, set a limit for this app, or stop it.",
        dismissLabel: "Got it",
      },
    },
    load: async () => (await import("./sign-in-actions.ts")).SIGN_IN_ACTIONS,
  }),
  createTransport: async (host, selection) =>
    (await import("./open-transport.ts")).openTransport(host, selection),
};
