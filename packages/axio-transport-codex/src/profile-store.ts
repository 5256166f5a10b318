import { dirname } from "node:path";
import type { CredentialStore, PathEnvironment } from "axio-auth";
import { ProfileSet } from "axio-auth/internal";
import { AuthJsonStore, authJsonPath } from "./auth-json-store.ts";
import { CODEX_CREDENTIAL_FORMAT, type Credentials } from "./credentials.ts";

/** The profiles of this provider: in files, in the keychain, or the official CLI's sign-in. */
export const CODEX_PROFILES: ProfileSet<Credentials> = new ProfileSet({
  provider: "codex",
  format: CODEX_CREDENTIAL_FORMAT,
  stores: {
    "codex-cli": (_profile, environment) => {
      const location = authJsonPath(environment);
      return { location, store: new AuthJsonStore({ codexHome: dirname(location) }) };
    },
  },
});

/**
 * Returns the store of a profile of `axio-codex login --profile NAME`. It is looked up at the first call, and stays the same
 * from then on.
 *
 * @param name Default: the default profile, which `axio-codex use` selects.
 * @throws AxioError `invalid-argument` for a name that no profile can have.
 *
 * @example
 * ```ts
 * import { CodexTransport, profileStore } from "axio-transport-codex";
 *
 * const transport = new CodexTransport({ credentials: profileStore("work") });
 * ```
 */
export function profileStore(name?: string, environment: PathEnvironment = {}): CredentialStore<Credentials> {
  return CODEX_PROFILES.store(name, environment);
}
