import { AxioError } from "axio";
import { type PluginHost, type ProfileSelection, readSettings, type SettingValues } from "axio/plugin";
import type { StoredProfile } from "axio-auth";
import type { ServerOptions } from "../options.ts";
import { OPENAI_PROFILES, profileOfServer, type ServerCredentials } from "../profile-store.ts";
import { readBaseUrl } from "../servers/base-url.ts";
import { findServer } from "../servers/find-server.ts";
import type { Server } from "../servers/server.ts";
import { isServerId, SERVERS } from "../servers/servers.ts";
import { type CustomServer, readCustomServers } from "./custom-servers.ts";
import { SETTINGS } from "./settings.ts";

/** A server, and how to reach it. */
export interface ChosenServer {
  readonly server: Server;
  /** Its profile. */
  readonly profile: string;
  /** The options that its settings and its sign-in state. */
  readonly options: ServerOptions;
  /** Present if the address is not that of the preset. */
  readonly baseUrl?: string | undefined;
}

/** Reads the settings of the provider. A setting `server` may be a base URL. */
export function readServerSettings(host: PluginHost): SettingValues<typeof SETTINGS> {
  const settings = readSettings(host, SETTINGS);
  const { server, baseUrl } = settings;
  if (server === undefined || !isUrl(server)) return settings;
  return { ...settings, server: undefined, baseUrl: baseUrl ?? server };
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text.trim());
}

/** Returns the name of the profile that a selection and the setting `server` lead to; `undefined`: the default profile. */
export function selectedProfile(host: PluginHost, { profile }: ProfileSelection): string | undefined {
  const { server } = readServerSettings(host);
  return profile ?? (server === undefined ? undefined : profileOfServer(server));
}

/**
 * Chooses the server of a profile: as the settings describe it, else as its sign-in says, else the preset of its name.
 *
 * @throws AxioError `invalid-argument` for an unknown name and for invalid settings.
 */
export function serverOfProfile(
  host: PluginHost,
  profile: string,
  credentials: ServerCredentials | undefined,
): ChosenServer {
  const { server: named, baseUrl, api, organization, project } = readServerSettings(host);
  const custom = readCustomServers(host).get(profile);
  const url = baseUrl ?? stringOf(custom?.baseUrl) ?? credentials?.baseUrl;
  const id =
    custom?.preset ??
    (custom === undefined ? (presetName(named) ?? credentials?.server ?? presetName(profile)) : undefined);
  if (named !== undefined && id === undefined && url === undefined && custom === undefined)
    throw unknownServer(named, [...readCustomServers(host).keys()]);
  const preset = presetOf(id, url, { name: profile, custom });
  const server: Server =
    custom === undefined
      ? preset
      : {
          ...preset,
          id: profile,
          name: custom.title ?? profile,
          dialect: { ...preset.dialect, name: custom.title ?? profile },
          key: {
            ...preset.key,
            variables: custom.keyVariable === undefined ? [] : [custom.keyVariable],
            isOptional: preset.key.isOptional || custom.keyVariable === undefined,
          },
        };
  const { title: _title, preset: _preset, keyVariable: _variable, ...options } = custom ?? {};
  return {
    server,
    profile,
    baseUrl: url,
    options: {
      ...options,
      ...(url === undefined ? {} : { baseUrl: url }),
      api: api ?? options.api ?? credentials?.api,
      organization,
      project,
    },
  };
}

/** Returns the profiles that exist without a sign-in: servers of the settings, and presets whose key is in the environment. */
export function impliedProfiles(host: PluginHost): readonly string[] {
  const fromEnvironment = Object.values(SERVERS).filter(({ key }) =>
    key.variables.some((variable) => (host.env[variable] ?? "").trim() !== ""),
  );
  return [...readCustomServers(host).keys(), ...fromEnvironment.map(({ id }) => profileOfServer(id))];
}

/** A stored profile, with its sign-in and its server. */
export interface ProfileInUse extends ChosenServer {
  readonly stored: StoredProfile<ServerCredentials>;
  readonly credentials: ServerCredentials | undefined;
  /** Whether the user selected the sign-in, so that the key of the environment does not count. */
  readonly isSelected: boolean;
}

/**
 * Reads the profile that is selected.
 *
 * @throws AxioError as {@link serverOfProfile}, and the errors of the store.
 */
export async function profileInUse(host: PluginHost, selection: ProfileSelection): Promise<ProfileInUse> {
  const profile = selectedProfile(host, selection);
  const stored = await OPENAI_PROFILES.select({ ...selection, profile }, host);
  const credentials = await stored.store.load({ signal: selection.signal });
  const isSelected = selection.profile !== undefined || selection.store !== undefined;
  return { ...serverOfProfile(host, stored.name, credentials), stored, credentials, isSelected };
}

/**
 * Chooses the server to sign in to. In a new profile with a name of its own, the user is asked for it.
 *
 * @throws AxioError `invalid-argument` for an unknown name or a wrong URL.
 */
export function serverOfText(host: PluginHost, text: string, profile: string | undefined): ChosenServer {
  const name = text.trim();
  if (name === "" || isServerId(name.toLowerCase())) {
    const server =
      SERVERS[isServerId(name.toLowerCase()) ? (name.toLowerCase() as keyof typeof SERVERS) : "openai"];
    return { server, profile: profile ?? profileOfServer(server.id), options: {} };
  }
  const custom = readCustomServers(host);
  if (custom.has(name)) return serverOfProfile(host, name, undefined);
  if (!isUrl(name)) throw unknownServer(name, [...custom.keys()]);
  const url = readBaseUrl(name, { allowsHttp: false, what: "The address" });
  const server = findServer(url);
  return {
    server,
    profile: profile ?? (server.id === "custom" ? profileOfUrl(url) : profileOfServer(server.id)),
    baseUrl: url.href,
    options: { baseUrl: url.href },
  };
}

function presetName(name: string | undefined): string | undefined {
  return name !== undefined && isServerId(name) ? name : undefined;
}

function presetOf(
  id: string | undefined,
  url: string | undefined,
  { name, custom }: { readonly name: string; readonly custom: CustomServer | undefined },
): Server {
  if (id !== undefined && isServerId(id)) return SERVERS[id];
  if (url !== undefined) {
    const allowsHttp = custom?.insecureHttp === true;
    return findServer(readBaseUrl(url, { allowsHttp, what: "The baseUrl" }));
  }
  if (custom !== undefined)
    throw new AxioError(
      "invalid-argument",
      `The server ${JSON.stringify(name)} in the settings has neither "baseUrl" nor "preset". Add one of them.`,
    );
  // A profile may have any name: it is another key of OpenAI.
  return SERVERS.openai;
}

function unknownServer(name: string, custom: readonly string[]): AxioError {
  return new AxioError(
    "invalid-argument",
    `There is no server ${JSON.stringify(name)}. Use one of: ${[...custom, ...Object.keys(SERVERS)].join(", ")}; or the base URL of your own, such as http://localhost:8000/v1.`,
  );
}

/** A name for the profile of a server at a URL: `localhost-8000`. */
function profileOfUrl({ hostname, port }: URL): string {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .replaceAll(/[^\w.-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "ipv6-");
  return (port === "" ? host : `${host}-${port}`).slice(0, 64);
}

function stringOf(url: string | URL | undefined): string | undefined {
  return url === undefined ? undefined : String(url);
}
