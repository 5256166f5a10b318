import { AxioError } from "axio";
import {
  type PluginHost,
  type Profile,
  type ProfileSelection,
  type ProviderAccount,
  readSettings,
} from "axio/plugin";
import {
  apiKeyFromEnvironment,
  describeApiKey,
  describeApiKeyAccount,
  loginWithApiKey,
  logoutApiKey,
} from "axio-auth";
import type { SignInActions, StoreLogin } from "axio-auth/provider";
import { OPENAI_PROFILES, type ServerCredentials } from "../profile-store.ts";
import { isServerId } from "../servers/servers.ts";
import { connectService } from "../service.ts";
import {
  type ChosenServer,
  impliedProfiles,
  profileInUse,
  serverOfProfile,
  serverOfText,
} from "./choose-server.ts";
import { readCustomServers } from "./custom-servers.ts";
import { SETTINGS } from "./settings.ts";

/** Returns the sign-in to a server, as the provider uses it. */
export function signInActions(chosen: ChosenServer | undefined): SignInActions<ServerCredentials> {
  return {
    profiles: OPENAI_PROFILES,
    describe: (credentials) => describeAccount(credentials, chosen?.server.name),
    login: (host, call) => {
      if (chosen === undefined) throw new AxioError("unexpected", "No server was chosen. Report this.");
      return logIn(host, call, chosen);
    },
    logout: async (host, { store }) => {
      const { server } = await profileInUse(host, {});
      return logoutApiKey(host, store, server.key.variables);
    },
  };
}

async function logIn(
  host: PluginHost,
  call: StoreLogin<ServerCredentials>,
  { server, baseUrl, options }: ChosenServer,
): Promise<ServerCredentials> {
  const { key, name, id } = server;
  const { api } = readSettings(host, SETTINGS);
  // A wrong address is not the fault of the key: it is reported before the key is requested.
  connectService(server, options, { env: {} });
  return loginWithApiKey(host, call, {
    keyTitle: `API key of ${name}`,
    keyUrl: key.url,
    variables: key.variables,
    owner: baseUrl === undefined ? key.owner : undefined,
    isOptional: key.isOptional,
    check: async (_host, { apiKey, signal }) => {
      const [service] = connectService(server, { ...options, apiKey }, { env: {} });
      await service.config.models.load(async (path, body) => {
        const { body: listed } = await service.getJson(service.endpoint(path), { body, signal });
        return listed;
      });
      return undefined;
    },
    toCredentials: (credentials) => ({
      ...credentials,
      ...(isServerId(id) ? { server: id } : {}),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(api === undefined ? {} : { api }),
    }),
  });
}

/**
 * Chooses the server to sign in to: that of the settings, that of a profile of its name, or the one that the user names.
 *
 * @throws AxioError `invalid-argument` for an unknown name or a wrong URL.
 */
export async function chooseForLogin(
  host: PluginHost,
  call: ProfileSelection & {
    readonly readText?: ((prompt: { title: string; signal: AbortSignal }) => Promise<string>) | undefined;
  },
): Promise<ChosenServer> {
  const { server, baseUrl } = readSettings(host, SETTINGS);
  const { profile } = call;
  if (server !== undefined) {
    const chosen = serverOfText(host, server, profile);
    return baseUrl === undefined ? chosen : { ...chosen, baseUrl, options: { ...chosen.options, baseUrl } };
  }
  if (baseUrl !== undefined) return serverOfText(host, baseUrl, profile);
  if (profile === undefined) return serverOfProfile(host, "default", undefined);
  if (isServerId(profile) || readCustomServers(host).has(profile))
    return serverOfProfile(host, profile, undefined);
  const stored = await OPENAI_PROFILES.select({ profile, store: call.store }, host);
  const credentials = await stored.store.load({ signal: call.signal }).catch(() => undefined);
  if (credentials !== undefined || profile === "default" || call.readText === undefined)
    return serverOfProfile(host, profile, credentials);
  const title = "The server: openai, openrouter, ollama, ... or a base URL";
  return serverOfText(host, await call.readText({ title, signal: call.signal ?? host.signal }), profile);
}

/** Lists the profiles: the stored ones, and those that need no sign-in. */
export async function listProfiles(
  host: PluginHost,
  stored: readonly Profile[],
): Promise<readonly Profile[]> {
  const names = new Set(stored.map(({ name }) => name));
  const implied = impliedProfiles(host).filter((name) => !names.has(name));
  const more = implied.map((name): Profile => ({ name, isDefault: false, location: "the settings" }));
  return Promise.all([...stored, ...more].map((profile) => completeProfile(host, profile, {})));
}

/** Adds to a profile what the environment and the settings say of it. */
export async function completeProfile(
  host: PluginHost,
  profile: Profile,
  { profile: selected, store }: ProfileSelection,
): Promise<Profile> {
  if (profile.error !== undefined) return profile;
  try {
    const credentials =
      profile.account === undefined
        ? undefined
        : await (await OPENAI_PROFILES.select({ profile: profile.name, store }, host)).store.load();
    const { server, baseUrl } = serverOfProfile(host, profile.name, credentials);
    const isSelected = (selected !== undefined || store !== undefined) && credentials !== undefined;
    const fromEnvironment = isSelected
      ? undefined
      : apiKeyFromEnvironment({ variables: server.key.variables, env: host.env });
    const where = [
      { title: "Server", value: server.name },
      ...(baseUrl === undefined ? [] : [{ title: "Address", value: baseUrl }]),
    ];
    if (fromEnvironment !== undefined) {
      const { apiKey, variable } = fromEnvironment;
      return {
        ...profile,
        location: `the environment variable ${variable}`,
        account: {
          label: `${server.name}, ${describeApiKey(apiKey)}`,
          details: where,
          notes:
            credentials === undefined
              ? []
              : [
                  `The stored ${describeApiKey(credentials.apiKey)} is not used: ${variable} is set. To use it, select it: --profile ${profile.name}`,
                ],
        },
      };
    }
    if (credentials !== undefined)
      return { ...profile, account: describeAccount(credentials, server.name, where) };
    return server.key.isOptional
      ? { ...profile, account: { label: `${server.name}, without a key`, details: where } }
      : profile;
  } catch (error) {
    if (!AxioError.is(error) || error.code === "aborted") throw error;
    return { ...profile, error };
  }
}

function describeAccount(
  credentials: ServerCredentials,
  name: string | undefined,
  details: ProviderAccount["details"] = [],
): ProviderAccount {
  const { server = name } = credentials;
  const account = describeApiKeyAccount(credentials);
  const label = credentials.apiKey === "" ? "without a key" : account.label;
  const shown = name ?? server;
  return {
    ...account,
    label: shown === undefined ? label : `${shown}, ${label}`,
    details: [...(account.details ?? []), ...details],
  };
}
