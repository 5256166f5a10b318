import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AxioError, type JsonObject } from "axio";
import type { CredentialStore } from "../store/credential-store.ts";
import { defaultCredentialsPath, type PathEnvironment } from "../store/default-path.ts";
import { acquireFileLock } from "../store/file-lock.ts";
import { FileCredentialStore } from "../store/file-store.ts";
import { KeychainCredentialStore } from "../store/keychain-store.ts";
import { replaceFile } from "../store/replace-file.ts";
import { ProfileStore } from "./profile-store.ts";
import {
  formatProfiles,
  isProfileName,
  NO_PROFILES,
  type Profiles,
  parseProfiles,
  profileEntry,
  profileOfFile,
} from "./profiles.ts";

/** A store, and where it keeps its sign-in, for people. */
export interface PlacedStore<C extends object> {
  readonly store: CredentialStore<C>;
  readonly place: string;
}

/** Opens what keeps a profile. */
export type OpenStore<C extends object> = (profile: string, surroundings: PathEnvironment) => PlacedStore<C>;

/** What makes a {@link ProfileSet}. */
export interface ProfileSetOptions<C extends object> {
  /** The provider, such as `"codex"`: the names of its files begin so. */
  readonly provider: string;
  /** Checks and reads stored credentials; throws `credentials-malformed`. */
  readonly parse: (value: JsonObject) => C;
  /** What can keep a profile besides `file` and `keychain`, by the name that people call it. Default: nothing. */
  readonly stores?: Readonly<Record<string, OpenStore<C>>>;
}

/**
 * The sign-ins of a provider that lie side by side, each a profile with a name of the person's own. A profile is kept in
 * a file of axio's folder, in the system's keychain or where the provider has another place. A list beside the files
 * (`codex.profiles.json`) says which profile is the default, and which are kept elsewhere than in a file.
 *
 * @example
 * ```ts
 * import { parseCredentials, ProfileSet } from "axio-auth";
 *
 * const profiles = new ProfileSet({ provider: "example", parse: parseCredentials });
 * const { current } = await profiles.read();
 * const signIn = await profiles.store(current).load();
 * ```
 */
export class ProfileSet<C extends object> {
  readonly provider: string;
  /** What can keep a profile, by the name that people call it. */
  readonly storeNames: readonly string[];
  readonly #options: ProfileSetOptions<C>;
  readonly #stores: ReadonlyMap<string, OpenStore<C>>;

  constructor(options: ProfileSetOptions<C>) {
    this.#options = options;
    this.provider = options.provider;
    this.#stores = new Map<string, OpenStore<C>>([
      ["file", (profile, surroundings) => this.file(this.#path(profile, surroundings))],
      ["keychain", (profile, surroundings) => this.#keychain(profile, surroundings)],
      ...Object.entries(options.stores ?? {}),
    ]);
    this.storeNames = [...this.#stores.keys()];
  }

  /**
   * Reads which profile is the default, and where each is kept.
   *
   * @throws AxioError `store-unavailable`.
   */
  async read(surroundings: PathEnvironment = {}): Promise<Profiles> {
    const path = this.#listPath(surroundings);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      const code = codeOf(cause);
      if (code === "ENOENT" || code === "ENOTDIR") return NO_PROFILES;
      throw new AxioError(
        "store-unavailable",
        `The list of profiles in ${path} cannot be read (${code}). Check who owns it.`,
        { cause },
      );
    }
    return parseProfiles(text, path);
  }

  /**
   * Changes the list of profiles. Nothing is written where the change gives back what it got.
   *
   * @throws AxioError `store-unavailable`, `store-locked`.
   */
  async change(change: (profiles: Profiles) => Profiles, surroundings: PathEnvironment = {}): Promise<void> {
    const path = this.#listPath(surroundings);
    const lock = await acquireFileLock(`${path}.axio-lock`);
    try {
      const before = await this.read(surroundings);
      const text = formatProfiles(change(before));
      if (text !== formatProfiles(before)) await replaceFile(path, text);
    } catch (cause) {
      if (AxioError.is(cause)) throw cause;
      throw new AxioError(
        "store-unavailable",
        `The list of profiles in ${path} cannot be written (${codeOf(cause)}). Check who owns its folder, and whether the disk is full.`,
        { cause },
      );
    } finally {
      await lock.release();
    }
  }

  /** The profiles that have a file. */
  async withFile(surroundings: PathEnvironment = {}): Promise<readonly string[]> {
    const files = await readdir(dirname(this.#listPath(surroundings))).catch((): readonly string[] => []);
    return files.flatMap((file) => profileOfFile(this.provider, file) ?? []);
  }

  /**
   * The sign-in of a profile, wherever it is kept. Where, is looked up at the first call, and kept from then on.
   *
   * @param name Default: the profile that was chosen as the default, else `default`.
   * @throws AxioError `invalid-argument` for a name that cannot be a profile's.
   */
  store(name?: string, surroundings: PathEnvironment = {}): CredentialStore<C> {
    if (name !== undefined && !isProfileName(name)) {
      throw new AxioError(
        "invalid-argument",
        `${JSON.stringify(name)} cannot be the name of a profile. Use letters, digits, dots, dashes and underscores.`,
      );
    }
    return new ProfileStore(async () => {
      const { current, stores } = await this.read(surroundings);
      const profile = name ?? current;
      return this.open(profile, stores.get(profile) ?? "file", surroundings).store;
    });
  }

  /**
   * Opens the place that keeps a profile.
   *
   * @param store One of `storeNames`.
   * @throws AxioError `store-unavailable` for a store that this version does not know.
   */
  open(profile: string, store: string, surroundings: PathEnvironment = {}): PlacedStore<C> {
    const open = this.#stores.get(store);
    if (open !== undefined) return open(profile, surroundings);
    throw new AxioError(
      "store-unavailable",
      `The profile ${JSON.stringify(profile)} is kept in ${JSON.stringify(store)}, which this axio does not know. Update axio, or sign in anew.`,
    );
  }

  /** Whether a store is a place of the provider's own: it holds one sign-in, whose profile is best called like it. */
  isSinglePlace(store: string): boolean {
    return Object.hasOwn(this.#options.stores ?? {}, store);
  }

  /** A sign-in in a file of its own, without a profile. */
  file(path: string): PlacedStore<C> {
    return { place: path, store: new FileCredentialStore({ path, parse: this.#options.parse }) };
  }

  #keychain(profile: string, surroundings: PathEnvironment): PlacedStore<C> {
    const account = profileEntry(this.provider, profile);
    const folder = dirname(this.#path(profile, surroundings));
    return {
      place: `the system's keychain (axio, ${account})`,
      store: new KeychainCredentialStore({
        account,
        parse: this.#options.parse,
        lockFolder: join(folder, `${account}.keychain-lock`),
      }),
    };
  }

  #path(profile: string, surroundings: PathEnvironment): string {
    return defaultCredentialsPath(profileEntry(this.provider, profile), surroundings);
  }

  /** Beside the sign-ins. No profile can have this name, since its file would be `codex-NAME.json`. */
  #listPath(surroundings: PathEnvironment): string {
    return defaultCredentialsPath(`${this.provider}.profiles`, surroundings);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
