import type { Credentials } from "axio-auth";
import type { SignInProvider } from "axio-transport-kit/plugin";
import { TRANSPORT_NAME } from "../config.ts";
import { login } from "../oauth/login.ts";
import { logout } from "../oauth/logout.ts";
import { CODEX_PROFILES } from "../profile-store.ts";

/** The sign-in to ChatGPT, for the plugin and its settings screen. */
export const CODEX_PROVIDER: SignInProvider<Credentials> = {
  title: TRANSPORT_NAME,
  signInTitle: "Sign in with ChatGPT",
  profiles: CODEX_PROFILES,
  methods: ["browser", "device", "paste"],
  describe: ({ email, planType, accountId }) => ({ email, plan: planType, accountId }),
  login,
  logout,
  usageUrl: "https://chatgpt.com/codex/settings/usage",
};
