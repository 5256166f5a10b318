import type { RateLimits } from "axio";
import type {
  ClosableTransport,
  PluginHost,
  TransportAccount,
  TransportChoice,
  TransportPlugin,
} from "axio/plugin";
import type { CredentialStore } from "axio-auth";
import type { AccountInfo } from "../cli/program.ts";
import type { BearerCredentials } from "../credentials.ts";
import type { SignInProvider } from "./provider.ts";
import { describeLogout, listProfiles, makeDefault, readAccount } from "./sign-ins.ts";

/** What only the provider's own transport can do. */
export interface TransportPluginParts<C extends BearerCredentials> {
  /** Makes the transport, on the sign-in of a profile. */
  readonly create: (
    host: PluginHost,
    credentials: CredentialStore<C>,
    choice: TransportChoice,
  ) => ClosableTransport;
  /** Asks what the account may still use. Default: the provider says nothing of it. */
  readonly usage?: (
    host: PluginHost,
    credentials: CredentialStore<C>,
    signal: AbortSignal | undefined,
  ) => Promise<RateLimits>;
}

/** Makes the plugin of a provider that people sign in to. */
export function transportPlugin<C extends BearerCredentials>(
  provider: SignInProvider<C>,
  { create, usage }: TransportPluginParts<C>,
): TransportPlugin {
  const { title, profiles, usageUrl } = provider;
  return {
    title,
    ...(usageUrl === undefined ? {} : { usageUrl }),
    create: (host, choice) => create(host, profiles.store(choice.profile, host), choice),
    account: async (host, { profile, signal }) => {
      const facts = await readAccount(provider, profile, host, signal);
      return facts && toAccount(facts, provider);
    },
    profiles: async (host, { signal } = {}) => {
      const known = await listProfiles(provider, host, signal);
      return known.map(({ name, isDefault, account }) => ({
        name,
        isDefault,
        ...(account === undefined ? {} : { account: toAccount(account, provider) }),
      }));
    },
    useProfile: (host, profile) => makeDefault(provider, profile, host),
    ...(usage && {
      usage: (host, { profile, signal }) => usage(host, profiles.store(profile, host), signal),
    }),
    logout: async (host, { profile, signal = host.signal }) => {
      const issuer = textSetting(host, "issuer");
      const store = profiles.store(profile, host);
      const outcome = await provider.logout({ store, signal, ...(issuer === undefined ? {} : { issuer }) });
      return describeLogout(outcome);
    },
  };
}

/** A text that the person's settings give to a plugin; what is no text counts as not there. */
export function textSetting({ settings }: PluginHost, name: string): string | undefined {
  const value = settings[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function toAccount<C extends BearerCredentials>(
  { email, plan, accountId, usesPlan }: AccountInfo,
  { accountIdTitle, planUse }: SignInProvider<C>,
): TransportAccount {
  const isWorkspace = accountIdTitle === undefined && accountId !== "";
  return {
    label: email ?? accountId,
    ...(plan === undefined ? {} : { plan }),
    ...(isWorkspace ? { workspace: accountId } : {}),
    ...(planUse === undefined || usesPlan === undefined
      ? {}
      : { planUse: { isOn: usesPlan, label: usesPlan ? planUse.on : planUse.off } }),
  };
}
