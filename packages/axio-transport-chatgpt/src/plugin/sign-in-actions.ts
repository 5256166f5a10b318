import { type PluginHost, type ProviderAccount, readSettings } from "axio/plugin";
import type { SignInActions, StoreLogin } from "axio-auth/provider";
import { type ChatGPTCredentials, registrationState, usesPlan } from "../credentials.ts";
import { ensureHostId, hostStore } from "../host-id.ts";
import { login } from "../oauth/login.ts";
import { logout } from "../oauth/logout.ts";
import { CHATGPT_PROFILES } from "../profile-store.ts";
import { SETTINGS } from "./settings.ts";

/** "Sign in with ChatGPT", as the provider uses it. */
export const SIGN_IN_ACTIONS: SignInActions<ChatGPTCredentials> = {
  profiles: CHATGPT_PROFILES,
  describe: describeAccount,
  login: loginWithSettings,
  logout: (host, call) => logout({ ...call, issuer: readSettings(host, SETTINGS).issuer }),
  acknowledgePlanUse: async (store) => {
    await store.update(async (current) => current && { ...current, planNoticeGiven: true });
  },
};

function describeAccount(credentials: ChatGPTCredentials): ProviderAccount | undefined {
  const { email, name, clientId, expiresAt, refreshToken, planNoticeGiven = false } = credentials;
  const state = registrationState(credentials);
  if (state === "pending" || state === "signed-out") return undefined;
  const isOn = usesPlan(credentials);
  return {
    label: email ?? name ?? clientId,
    email: email ?? name,
    id: clientId,
    // The service does not name the workspace. The registration tells apart two sign-ins of one email address.
    details: [{ title: "Registration", value: clientId }],
    expiresAt: expiresAt === 0 ? undefined : expiresAt,
    isRefreshable: refreshToken !== "",
    planUse: {
      isOn,
      label: isOn ? "Using ChatGPT plan" : "ChatGPT plan not used",
      isNoticeDue: isOn && !planNoticeGiven,
    },
    notes: state === "unverified" ? ["Not verified yet: this happens with the first use."] : [],
  };
}

async function loginWithSettings(
  host: PluginHost,
  { method, ...call }: StoreLogin<ChatGPTCredentials>,
): Promise<ChatGPTCredentials> {
  const { appName, issuer, port } = readSettings(host, SETTINGS);
  return login({
    ...call,
    method,
    issuer,
    appName: appName ?? host.appName,
    hostId: await ensureHostId(hostStore(host), call.signal),
    ports: port === undefined ? undefined : [port],
  });
}
