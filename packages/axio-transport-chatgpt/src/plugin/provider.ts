import type { SignInProvider } from "axio-transport-kit/plugin";
import { accountFacts } from "../account-facts.ts";
import { TRANSPORT_NAME, USAGE_PAGE } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";
import { appLogin } from "../oauth/app-login.ts";
import { logout } from "../oauth/logout.ts";
import { CHATGPT_PROFILES } from "../profile-store.ts";

/** The sign-in with ChatGPT, for the plugin and its settings screen. */
export const CHATGPT_PROVIDER: SignInProvider<ChatGPTCredentials> = {
  title: TRANSPORT_NAME,
  signInTitle: "Continue with ChatGPT",
  profiles: CHATGPT_PROFILES,
  methods: ["browser", "paste"],
  describe: (credentials) => accountFacts(credentials, "sign in anew."),
  login: async ({ method, ...call }) => {
    const registration = await call.store.load();
    const facts = registration && accountFacts(registration, "");
    return appLogin({
      ...call,
      // There is no device code.
      method: method === "device" ? "auto" : method,
      // Whoever signs in again after having declined wants to be asked again.
      enablePlan: facts?.usesPlan === false,
    });
  },
  logout,
  usageUrl: USAGE_PAGE,
};
