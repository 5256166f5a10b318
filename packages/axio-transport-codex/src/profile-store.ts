import { dirname } from "node:path";
import {
  type CredentialStore,
  type Credentials,
  type PathEnvironment,
  ProfileSet,
  parseCredentials,
} from "axio-auth";
import { AuthJsonStore, authJsonPath } from "./auth-json-store.ts";

/** The sign-ins of this machine: in a file each, in the keychain, or the official CLI's own. */
export const CODEX_PROFILES: ProfileSet<Credentials> = new ProfileSet({
  provider: "codex",
  parse: parseCredentials,
  stores: {
    "codex-cli": (_profile, { env, home }) => {
      const place = authJsonPath({ env, home });
      return { place, store: new AuthJsonStore({ codexHome: dirname(place) }) };
    },
  },
});

/**
 * The sign-in of a profile, as `axio-codex login --profile NAME` keeps it: in a file, the keychain or the official CLI's
 * own file. Which one is looked up at the first call, and kept from then on.
 *
 * @param name Default: the profile that `axio-codex use` has chosen, else `default`.
 * @throws AxioError `invalid-argument` for a name that cannot be a profile's.
 *
 * @example
 * ```ts
 * import { CodexTransport, profileStore } from "axio-transport-codex";
 *
 * const transport = new CodexTransport({ credentials: profileStore("work") });
 * ```
 */
export function profileStore(
  name?: string,
  surroundings: PathEnvironment = {},
): CredentialStore<Credentials> {
  return CODEX_PROFILES.store(name, surroundings);
}
