import { type CredentialStore, type PathEnvironment, ProfileSet } from "axio-auth";
import { type ChatGPTCredentials, parseChatGPTCredentials } from "./credentials.ts";

/** The registrations of this machine, one for each account and workspace: in a file each, or in the keychain. */
export const CHATGPT_PROFILES: ProfileSet<ChatGPTCredentials> = new ProfileSet({
  provider: "chatgpt",
  parse: parseChatGPTCredentials,
});

/**
 * The registration of a profile, as `axio-chatgpt login --profile NAME` keeps it. Where, is looked up at the first call,
 * and kept from then on.
 *
 * @param name Default: the profile that `axio-chatgpt use` has chosen, else `default`.
 * @throws AxioError `invalid-argument` for a name that cannot be a profile's.
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
  surroundings: PathEnvironment = {},
): CredentialStore<ChatGPTCredentials> {
  return CHATGPT_PROFILES.store(name, surroundings);
}

/** Where the sign-in is kept that `axio-chatgpt login` makes, of the profile that `axio-chatgpt use` has chosen. */
export function defaultStore(): CredentialStore<ChatGPTCredentials> {
  return profileStore();
}
