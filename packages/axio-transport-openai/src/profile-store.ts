import { AxioError, type JsonObject } from "axio";
import type { ApiKeyCredentials, CredentialStore, PathEnvironment } from "axio-auth";
import { ProfileSet, versionedFormat } from "axio-auth/internal";
import type { ServerApi } from "./servers/server.ts";

/** The sign-in to one server. */
export interface ServerCredentials extends ApiKeyCredentials {
  /** The name of a preset. Default: that of the profile, or OpenAI. */
  readonly server?: string | undefined;
  /** Default: that of the preset. */
  readonly baseUrl?: string | undefined;
  readonly api?: ServerApi | undefined;
}

/** The profiles of this provider: one server each. */
export const OPENAI_PROFILES: ProfileSet<ServerCredentials> = new ProfileSet({
  provider: "openai",
  format: versionedFormat({ parse: parseCredentials }),
});

/** The profile of OpenAI's own key. */
export const DEFAULT_PROFILE = "default";

/** Returns the usual profile of a server. */
export function profileOfServer(server: string): string {
  return server === "openai" ? DEFAULT_PROFILE : server;
}

/**
 * Returns the store of the key of a server, as `axio-openai login --server NAME` fills it.
 *
 * @param server Default: OpenAI.
 *
 * @example
 * ```ts
 * import { OpenRouterTransport, serverStore } from "axio-transport-openai";
 *
 * const transport = new OpenRouterTransport({ credentials: serverStore("openrouter") });
 * ```
 */
export function serverStore(
  server = "openai",
  environment: PathEnvironment = {},
): CredentialStore<ServerCredentials> {
  return OPENAI_PROFILES.store(profileOfServer(server), environment);
}

function parseCredentials({ apiKey, account, server, baseUrl, api }: JsonObject): ServerCredentials {
  if (typeof apiKey !== "string")
    throw new AxioError("credentials-malformed", 'the property "apiKey" is missing');
  return {
    apiKey,
    ...(typeof account === "string" ? { account } : {}),
    ...(typeof server === "string" ? { server } : {}),
    ...(typeof baseUrl === "string" ? { baseUrl } : {}),
    ...(api === "chat" || api === "responses" ? { api } : {}),
  };
}
