import {
  type ApiKeyCredentials,
  apiKeyProfiles,
  type CredentialStore,
  type PathEnvironment,
  type ProfileSet,
} from "axio-auth";

/** The profiles of this provider: the key of one server each. */
export const OPENAI_PROFILES: ProfileSet<ApiKeyCredentials> = apiKeyProfiles("openai");

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
): CredentialStore<ApiKeyCredentials> {
  return OPENAI_PROFILES.store(server === "openai" ? "default" : server, environment);
}
