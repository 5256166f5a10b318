import { type PluginHost, type ProviderAccount, readSettings } from "axio/plugin";
import type { SignInActions, StoreLogin } from "axio-auth/provider";
import type { Credentials } from "../credentials.ts";
import { login } from "../oauth/login.ts";
import { logout } from "../oauth/logout.ts";
import { CODEX_PROFILES } from "../profile-store.ts";
import { SETTINGS } from "./settings.ts";

/** The sign-in with ChatGPT, as the provider uses it. */
export const SIGN_IN_ACTIONS: SignInActions<Credentials> = {
  profiles: CODEX_PROFILES,
  describe: describeAccount,
  login: loginWithSettings,
  logout: (host, call) => logout({ ...call, issuer: readSettings(host, SETTINGS).issuer }),
};

function describeAccount({
  email,
  planType,
  accountId,
  expiresAt,
  refreshToken,
}: Credentials): ProviderAccount {
  return {
    label: email ?? accountId,
    email,
    id: accountId,
    plan: planType,
    details: [{ title: "Workspace", value: accountId || "unknown" }],
    expiresAt: expiresAt === 0 ? undefined : expiresAt,
    isRefreshable: refreshToken !== "",
  };
}

function loginWithSettings(host: PluginHost, call: StoreLogin<Credentials>): Promise<Credentials> {
  const { issuer, port, workspace } = readSettings(host, SETTINGS);
  return login({
    ...call,
    issuer,
    ports: port === undefined ? undefined : [port],
    allowedWorkspaceIds: workspace,
  });
}
