import type { ApiKeyCredentials, CredentialStore } from "axio-auth";
import { ApiKeySession } from "axio-auth/internal";
import type { ServerOptions } from "./options.ts";
import { serverStore } from "./profile-store.ts";
import type { Server } from "./servers/server.ts";
import { isServerId } from "./servers/servers.ts";
import { type ConnectedService, createService } from "./service.ts";

/** The places of a key and a base URL that the options omit. */
export interface KeyEnvironment {
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where keys are stored. Default: the profile of the server. */
  readonly store?: CredentialStore<ApiKeyCredentials> | undefined;
}

/**
 * Creates the service of a server, with a key of the options, the environment or a profile, and the connection to it.
 *
 * @param preset Default: the one that fits the base URL.
 * @throws AxioError as {@link createService}.
 */
export function connectService(
  preset: Server | undefined,
  options: ServerOptions,
  environment: KeyEnvironment = {},
): ConnectedService {
  return createService(preset, options, {
    env: environment.env ?? process.env,
    createSession: (server, baseUrl, given) => keySession(server, baseUrl, given, environment),
  });
}

function keySession(
  server: Server,
  baseUrl: URL,
  options: ServerOptions,
  { env = process.env, store }: KeyEnvironment,
): ApiKeySession {
  const { apiKey, credentials } = options;
  const { variables, isOptional, owner } = server.key;
  const command = server.id === "openai" || server.id === "custom" ? "" : ` --server ${server.id}`;
  const isOwnHost = server.baseUrl !== undefined && new URL(server.baseUrl).host === baseUrl.host;
  const fromVariables = variables.length === 0 ? "" : ` set ${variables.join(" or ")},`;
  return new ApiKeySession({
    // Without a key, an empty option would be one that cannot be a key.
    apiKey: apiKey === "" && isOptional ? undefined : apiKey,
    // The key of a variable goes only to the server that it is for, or to the one that the caller names.
    variables: credentials === undefined ? variables : [],
    env,
    store: credentials ?? store ?? (isServerId(server.id) ? serverStore(server.id, { env }) : undefined),
    isOptional,
    owner: isOwnHost ? owner : undefined,
    hint: `Run \`npx axio-openai login${command}\`,${fromVariables} or pass apiKey.`,
  });
}
