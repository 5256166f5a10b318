import { dirname, join } from "node:path";
import { AxioError } from "axio";
import {
  type CredentialStore,
  type Credentials,
  defaultCredentialsPath,
  FileCredentialStore,
  KeychainCredentialStore,
  type PathSurroundings,
  parseCredentials,
  type StoreCallOptions,
} from "axio-auth";
import { AuthJsonStore, authJsonPath } from "./auth-json-store.ts";
import { readProfiles } from "./profile-list.ts";
import { isProfileName, profileEntry } from "./profiles.ts";

/** A store, and where it keeps its sign-in, for people. */
export interface PlacedStore {
  readonly store: CredentialStore<Credentials>;
  readonly place: string;
}

/** What can keep a profile, by the name that people call it. */
export const STORES: {
  readonly [name: string]: (profile: string, surroundings: PathSurroundings) => PlacedStore;
} = {
  file: (profile, surroundings) => fileStore(defaultCredentialsPath(profileEntry(profile), surroundings)),
  keychain: (profile, surroundings) => {
    const account = profileEntry(profile);
    const folder = dirname(defaultCredentialsPath(account, surroundings));
    return {
      place: `the system's keychain (axio, ${account})`,
      store: new KeychainCredentialStore({
        account,
        parse: parseCredentials,
        lockFolder: join(folder, `${account}.keychain-lock`),
      }),
    };
  },
  "codex-cli": (_profile, { env, home }) => {
    const place = authJsonPath({ env, home });
    return { place, store: new AuthJsonStore({ codexHome: dirname(place) }) };
  },
};

/** A sign-in in a file of its own. */
export function fileStore(path: string): PlacedStore {
  return { place: path, store: new FileCredentialStore({ path, parse: parseCredentials }) };
}

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
  surroundings: PathSurroundings = {},
): CredentialStore<Credentials> {
  if (name !== undefined && !isProfileName(name)) {
    throw new AxioError(
      "invalid-argument",
      `${JSON.stringify(name)} cannot be the name of a profile. Use letters, digits, dots, dashes and underscores.`,
    );
  }
  return new ProfileStore(name, surroundings);
}

/** Opens the store of a profile when it is needed. */
class ProfileStore implements CredentialStore<Credentials> {
  readonly #name: string | undefined;
  readonly #surroundings: PathSurroundings;
  #opened: CredentialStore<Credentials> | undefined;

  constructor(name: string | undefined, surroundings: PathSurroundings) {
    this.#name = name;
    this.#surroundings = surroundings;
  }

  async load(options?: StoreCallOptions): Promise<Credentials | undefined> {
    return (await this.#open()).load(options);
  }

  async update(
    change: (current: Credentials | undefined) => Promise<Credentials | undefined>,
    options?: StoreCallOptions,
  ): Promise<Credentials | undefined> {
    return (await this.#open()).update(change, options);
  }

  async #open(): Promise<CredentialStore<Credentials>> {
    if (this.#opened === undefined) {
      const { current, stores } = await readProfiles(this.#surroundings);
      const profile = this.#name ?? current;
      const { store } = openProfile(profile, stores.get(profile) ?? "file", this.#surroundings);
      // Whoever came first decides, so that one transport has one account.
      this.#opened ??= store;
    }
    return this.#opened;
  }
}

/**
 * Opens the place that keeps a profile.
 *
 * @throws AxioError `store-unavailable` for a store that this version does not know.
 */
export function openProfile(profile: string, store: string, surroundings: PathSurroundings): PlacedStore {
  const open = Object.hasOwn(STORES, store) ? STORES[store] : undefined;
  if (open !== undefined) return open(profile, surroundings);
  throw new AxioError(
    "store-unavailable",
    `The profile ${JSON.stringify(profile)} is kept in ${JSON.stringify(store)}, which this axio does not know. Update axio, or sign in anew.`,
  );
}
