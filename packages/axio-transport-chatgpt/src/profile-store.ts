import type { CredentialStore, PathEnvironment } from "axio-auth";
import { ProfileSet } from "axio-auth/internal";
import { CHATGPT_CREDENTIAL_FORMAT, type ChatGPTCredentials } from "./credentials.ts";

/** The profiles of this provider, in files or in the keychain. Each is a registration of one account and workspace. */
export const CHATGPT_PROFILES: ProfileSet<ChatGPTCredentials> = new ProfileSet({
  provider: "chatgpt",
  format: CHATGPT_CREDENTIAL_FORMAT,
});

/**
 * Returns the store of a profile of `axio-chatgpt login --profile NAME`. It is looked up at the first call, and stays the
 * same from then on.
 *
 * @param name Default: the default profile, which `axio-chatgpt use` selects.
 * @throws AxioError `invalid-argument` for a name that no profile can have.
 *
 * @example
 * ```ts no-run
 * import { ChatGPTTransport, profileStore } from "axio-transport-chatgpt";
 *
 * const transport = new ChatGPTTransport({ credentials: profileStore("work") });
 * ```
 */
export function profileStore(
  name?: string,
  environment: PathEnvironment = {},
): CredentialStore<ChatGPTCredentials> {
  return CHATGPT_PROFILES.store(name, environment);
}

/** Returns the store of the default profile. */
export function defaultStore(): CredentialStore<ChatGPTCredentials> {
  return profileStore();
}
