import type { ApiKeyCredentials, CredentialStore, PathEnvironment, ProfileSet } from "axio-auth";
import { apiKeyProfiles } from "axio-auth/internal";
import { PROVIDER_NAME } from "./config.ts";

/** The profiles of this provider: in files or in the keychain. */
export const ANTHROPIC_PROFILES: ProfileSet<ApiKeyCredentials> = apiKeyProfiles(PROVIDER_NAME);

/**
 * Returns the store of a profile of `axio-anthropic login --profile NAME`. It is looked up at the first call, and stays the
 * same from then on.
 *
 * @param name Default: the default profile, which `axio-anthropic use` selects.
 * @throws AxioError `invalid-argument` for a name that no profile can have.
 *
 * @example
 * ```ts
 * import { AnthropicTransport, profileStore } from "axio-transport-anthropic";
 *
 * const transport = new AnthropicTransport({ credentials: profileStore("work") });
 * ```
 */
export function profileStore(
  name?: string,
  environment: PathEnvironment = {},
): CredentialStore<ApiKeyCredentials> {
  return ANTHROPIC_PROFILES.store(name, environment);
}
