import { type PluginHost, readSettings } from "axio/plugin";
import type { ApiKeyActions, ApiKeyCheck } from "axio-auth/provider";
import { ANTHROPIC_PROFILES } from "../profile-store.ts";
import { refuseSubscriptionToken } from "../refuse-subscription-token.ts";
import { checkKey } from "./check-key.ts";
import { SETTINGS } from "./settings.ts";

/** The sign-in with an API key, as the provider uses it. */
export const SIGN_IN_ACTIONS: ApiKeyActions = {
  profiles: ANTHROPIC_PROFILES,
  check: async (host: PluginHost, { apiKey, signal }: ApiKeyCheck) => {
    refuseSubscriptionToken(apiKey);
    const { baseUrl } = readSettings(host, SETTINGS);
    await checkKey({ apiKey, baseUrl, env: host.env, signal });
    return undefined;
  },
};
