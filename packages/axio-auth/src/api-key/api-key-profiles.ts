import { AxioError } from "axio";
import { ProfileSet } from "../profiles/profile-set.ts";
import { type CredentialFormat, versionedFormat } from "../store/credential-format.ts";
import type { ApiKeyCredentials } from "./api-key.ts";

/** The format of stored API keys. */
const API_KEY_FORMAT: CredentialFormat<ApiKeyCredentials> = versionedFormat({
  parse: ({ apiKey, account }) => {
    if (typeof apiKey !== "string")
      throw new AxioError("credentials-malformed", 'the property "apiKey" is missing');
    return typeof account === "string" ? { apiKey, account } : { apiKey };
  },
});

/**
 * Returns the API keys of a provider, stored side by side in profiles: in files or in the system's keychain.
 *
 * @param provider The provider, such as `"openai"`: the names of its files begin with it.
 *
 * @example
 * ```ts no-run
 * import { apiKeyProfiles } from "axio-auth";
 *
 * const credentials = await apiKeyProfiles("example").store("work").load();
 * ```
 */
export function apiKeyProfiles(provider: string): ProfileSet<ApiKeyCredentials> {
  return new ProfileSet({ provider, format: API_KEY_FORMAT });
}
