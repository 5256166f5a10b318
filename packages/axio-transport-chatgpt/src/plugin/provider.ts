import { AxioError, type JsonValue } from "axio";
import { type SignInProvider, textSetting } from "axio-transport-kit/plugin";
import { accountInfo, acknowledgePlanNotice } from "../account-info.ts";
import { TRANSPORT_NAME, USAGE_PAGE } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";
import { appLogin } from "../oauth/app-login.ts";
import { logout } from "../oauth/logout.ts";
import { CHATGPT_PROFILES } from "../profile-store.ts";

/**
 * The documented sign-in with ChatGPT, for the plugin and its settings screen. The words are those that OpenAI asks apps to
 * use.
 */
export const CHATGPT_PROVIDER: SignInProvider<ChatGPTCredentials> = {
  title: TRANSPORT_NAME,
  signInTitle: "Continue with ChatGPT",
  profiles: CHATGPT_PROFILES,
  methods: ["browser", "paste"],
  describe: accountInfo,
  login: ({ host, ...call }) =>
    appLogin({
      ...call,
      appName: textSetting(host, "appName") ?? host.appName,
      surroundings: host,
      port: portSetting(host.settings["port"]),
    }),
  logout,
  usageUrl: USAGE_PAGE,
  // The service does not name the workspace. What tells two sign-ins of one e-mail address apart is the registration.
  accountIdTitle: "Registered",
  planUse: {
    on: "Using ChatGPT plan",
    off: "ChatGPT plan not used",
    offMeaning:
      "You are signed in, and keep your plan to yourself, so there are no answers here. You can let the app use it at any time.",
    enable: "Use my ChatGPT plan",
    notice: {
      title: "You're using your ChatGPT plan",
      text: "What you ask here counts towards it. In the settings of ChatGPT you see what was used, set a limit for this app, or stop it.",
      dismiss: "Got it",
    },
    acknowledge: acknowledgePlanNotice,
  },
};

/** @throws AxioError `invalid-argument` for what is no port. */
function portSetting(value: JsonValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new AxioError(
    "invalid-argument",
    `The setting "port" of transports/chatgpt is ${JSON.stringify(value)}, which is no port. Give a number from 1 to 65535, or leave it out.`,
  );
}
