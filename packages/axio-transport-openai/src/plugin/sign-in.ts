import { AxioError } from "axio";
import type { LoginCall, PluginHost, Profile, ProfileSelection, ProviderAccount } from "axio/plugin";
import {
  apiKeyFromEnvironment,
  describeApiKey,
  describeApiKeyAccount,
  loginWithApiKey,
  logoutApiKey,
} from "axio-auth";
import type { SignInActions, StoreLogin } from "axio-auth/provider";
import { DEFAULT_PROFILE, OPENAI_PROFILES, type ServerCredentials } from "../profile-store.ts";
import type { Server } from "../servers/server.ts";
import { isServerId } from "../servers/servers.ts";
import { connectService } from "../stored-key.ts";
import {
  type ChosenServer,
  impliedProfiles,
  profileInUse,
  readServerSettings,
  serverOfProfile,
  serverOfText,
} from "./choose-server.ts";
import { readCustomServers } from "./custom-servers.ts";

/** Returns the sign-in to a server, as the provider uses it. */
export function signInActions(chosen: ChosenServer | undefined): SignInActions<ServerCredentials> {
  return {
    profiles: OPENAI_PROFILES,
    describe: (credentials) => describeAccount(credentials, chosen?.server),
    login: (host, call) => {
      if (chosen === undefined) throw new AxioError("unexpected", "No server was chosen. Report this.");
      return logIn(host, call, chosen);
    },
    logout: async (host, { profile, signal, store }) => {
      const { server } = await profileInUse(host, { profile, signal });
      return logoutApiKey(host, store, { variables: server.key.variables, keyUrl: server.key.url });
    },
  };
}

async function logIn(
  host: PluginHost,
  call: StoreLogin<ServerCredentials>,
  { server, baseUrl, options }: ChosenServer,
): Promise<ServerCredentials> {
  const { key, name, id } = server;
  const { api } = readServerSettings(host);
  const env = addressVariable(host, server);
  // A wrong address is not the fault of the key: it is reported before the key is requested.
  connectService(server, options, { env });
  return loginWithApiKey(host, call, {
    keyTitle: `API key of ${name}`,
    keyUrl: key.url,
    variables: key.variables,
    owner: baseUrl === undefined && Object.keys(env).length === 0 ? key.owner : undefined,
    isOptional: key.isOptional,
    check: async (_host, { apiKey, signal }) => {
      const [service] = connectService(server, { ...options, apiKey }, { env });
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

/** The variable that holds the address of a server, if it is set. The others, which may hold a key, are left out. */
function addressVariable(host: PluginHost, { urlVariable }: Server): Readonly<Record<string, string>> {
  const value = urlVariable === undefined ? "" : (host.env[urlVariable] ?? "").trim();
  return urlVariable === undefined || value === "" ? {} : { [urlVariable]: value };
}

/**
 * Chooses the server to sign in to: that of the settings, that of a profile of its name, or the one that the user names.
 *
 * @throws AxioError `invalid-argument` for an unknown name or a wrong URL.
 */
export async function chooseForLogin(host: PluginHost, call: LoginCall): Promise<ChosenServer> {
  const { server, baseUrl } = readServerSettings(host);
  const { profile, readText } = call;
  if (server !== undefined) {
    const chosen = serverOfText(host, server, profile);
    return baseUrl === undefined ? chosen : { ...chosen, baseUrl, options: { ...chosen.options, baseUrl } };
  }
  if (baseUrl !== undefined) return serverOfText(host, baseUrl, profile);
  const asks = call.asksForService === true && call.method !== "from-env";
  if (profile === undefined && !asks) return serverOfProfile(host, DEFAULT_PROFILE, undefined);
  if (profile !== undefined && (isServerId(profile) || readCustomServers(host).has(profile)))
    return serverOfProfile(host, profile, undefined);
  const stored = await OPENAI_PROFILES.select({ profile, store: call.store }, host);
  const credentials = await stored.store.load({ signal: call.signal }).catch(() => undefined);
  const isNew = credentials === undefined && stored.name !== DEFAULT_PROFILE;
  const usual = serverOfProfile(host, stored.name, credentials);
  return readText === undefined || !(asks || isNew) ? usual : readServer(host, { ...call, readText }, usual);
}

/** Asks for the server until the user names one. An empty line chooses the usual one. */
async function readServer(
  host: PluginHost,
  {
    profile,
    readText,
    onProgress,
    signal = host.signal,
  }: LoginCall & { readonly readText: NonNullable<LoginCall["readText"]> },
  usual: ChosenServer,
): Promise<ChosenServer> {
  const title = `Which server? Press Enter for ${usual.baseUrl ?? usual.server.name}, or enter a name, such as openrouter or ollama, or a base URL, such as http://localhost:8000/v1.`;
  // Another server than OpenAI's gets a profile of its own.
  const ownProfile = profile === DEFAULT_PROFILE ? undefined : profile;
  for (;;) {
    const text = await readText({ title, isOptional: true, signal });
    if (text.trim() === "") return usual;
    try {
      return serverOfText(host, text, ownProfile);
    } catch (error) {
      if (!AxioError.is(error, "invalid-argument")) throw error;
      onProgress?.({ type: "input-rejected", error });
    }
  }
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
    const [address = baseUrl] = baseUrl === undefined ? Object.values(addressVariable(host, server)) : [];
    const where = [
      { title: "Server", value: server.name },
      ...(address === undefined ? [] : [{ title: "Address", value: address }]),
    ];
    if (fromEnvironment !== undefined) {
      const { apiKey, variable } = fromEnvironment;
      return {
        ...profile,
        location: `the environment variable ${variable}`,
        account: {
          label: `${server.name}, ${describeApiKey(apiKey)}`,
          uses: describeApiKeyAccount({ apiKey }, server.name).uses,
          details: where,
          usageUrl: usageUrlOf(server),
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
      return { ...profile, account: describeAccount(credentials, server, where) };
    return server.key.isOptional
      ? {
          ...profile,
          account: {
            label: `${server.name}, without a key`,
            uses: `${server.name} without a key`,
            details: where,
            usageUrl: usageUrlOf(server),
          },
        }
      : profile;
  } catch (error) {
    if (!AxioError.is(error) || error.code === "aborted") throw error;
    return { ...profile, error };
  }
}

/** The page of the provider is that of OpenAI. */
function usageUrlOf(server: Server | undefined): null | undefined {
  return server === undefined || server.id === "openai" ? undefined : null;
}

function describeAccount(
  credentials: ServerCredentials,
  service: Server | undefined,
  details: ProviderAccount["details"] = [],
): ProviderAccount {
  const shown = service?.name ?? credentials.server;
  const account = describeApiKeyAccount(credentials, shown);
  const isKeyless = credentials.apiKey === "";
  const label = isKeyless ? "without a key" : account.label;
  return {
    ...account,
    uses: isKeyless ? `${shown ?? "the server"} without a key` : account.uses,
    usageUrl: usageUrlOf(service),
    label: shown === undefined ? label : `${shown}, ${label}`,
    details: [...(account.details ?? []), ...details],
  };
}
