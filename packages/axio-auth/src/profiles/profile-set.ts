import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AxioError } from "axio";
import { errorCode } from "axio/internal";
import type { ProfileSelection } from "axio/plugin";
import { removeFile, replaceFile, stageFile } from "../store/atomic-file.ts";
import type { CredentialFormat } from "../store/credential-format.ts";
import type { CredentialStore } from "../store/credential-store.ts";
import { defaultCredentialsPath, type PathEnvironment } from "../store/default-path.ts";
import { expandPath } from "../store/expand-path.ts";
import { acquireFileLock } from "../store/file-lock.ts";
import { FileCredentialStore } from "../store/file-store.ts";
import { KeychainCredentialStore } from "../store/keychain-store.ts";
import { LazyStore } from "./lazy-store.ts";
import {
  assertProfileName,
  DEFAULT_PROFILE,
  FILE_STORE,
  formatProfiles,
  NO_PROFILES,
  type Profiles,
  parseProfiles,
  profileEntry,
  profileOfFile,
  withStore,
} from "./profiles.ts";

/** A credential store, and its location to show to the user. */
export interface LocatedStore<C extends object> {
  readonly store: CredentialStore<C>;
  readonly location: string;
}

/** A profile and its credential store. */
export interface StoredProfile<C extends object> extends LocatedStore<C> {
  /** The path, if a file was selected by its path. */
  readonly name: string;
  readonly isDefault: boolean;
  /** The name of its store. Absent for a file that was selected by its path. */
  readonly storeName?: string | undefined;
}

/** Opens the store of a profile. */
export type OpenStore<C extends object> = (profile: string, environment: PathEnvironment) => LocatedStore<C>;

/** Options of {@link ProfileSet}. */
export interface ProfileSetOptions<C extends object> {
  /** The provider, such as `"codex"`: the names of its files begin with it. */
  readonly provider: string;
  /** The format of the files and keychain entries. */
  readonly format: CredentialFormat<C>;
  /**
   * Stores other than `file` and `keychain`, by name. Each holds one sign-in, whose profile usually has the name of the
   * store. Default: none.
   */
  readonly stores?: Readonly<Record<string, OpenStore<C>>> | undefined;
}

/**
 * The sign-ins of a provider, stored side by side: each is a profile with a name that the user chooses. A profile is
 * stored in a file in axio's directory, in the system's keychain, or in a store of the provider. A list beside the files
 * (`codex.profiles.json`) records the default profile, and which profiles are not stored in files.
 *
 * @example
 * ```ts no-run
 * import { ProfileSet, versionedFormat } from "axio-auth";
 *
 * const format = versionedFormat({ parse: ({ key }) => ({ key: String(key) }) });
 * const profiles = new ProfileSet({ provider: "example", format });
 * const credentials = await profiles.store("work").load();
 * ```
 */
export class ProfileSet<C extends object> {
  readonly provider: string;
  readonly #options: ProfileSetOptions<C>;
  readonly #stores: ReadonlyMap<string, OpenStore<C>>;

  constructor(options: ProfileSetOptions<C>) {
    this.#options = options;
    this.provider = options.provider;
    this.#stores = new Map<string, OpenStore<C>>([
      [FILE_STORE, (profile, environment) => this.#file(this.#path(profile, environment))],
      ["keychain", (profile, environment) => this.#keychain(profile, environment)],
      ...Object.entries(options.stores ?? {}),
    ]);
  }

  /**
   * Lists all profiles, the default first, then by name.
   *
   * @throws AxioError `store-unavailable` if the list cannot be read.
   */
  async list(environment: PathEnvironment = {}): Promise<readonly StoredProfile<C>[]> {
    const { current, stores } = await this.read(environment);
    const files = await readdir(dirname(this.#listPath(environment))).catch((): readonly string[] => []);
    const inFiles = files.flatMap((file) => profileOfFile(this.provider, file) ?? []);
    const names = new Set([current, ...[...stores.keys(), ...inFiles].sort()]);
    return [...names].map((name) => ({
      name,
      isDefault: name === current,
      ...this.#open(name, stores.get(name) ?? FILE_STORE, environment),
    }));
  }

  /**
   * Finds the selected profile.
   *
   * @throws AxioError `invalid-argument` for a name that no profile can have, and for a profile together with a path;
   *   `store-unavailable` if the list of profiles is needed and cannot be read.
   */
  async select(
    { profile, store }: ProfileSelection,
    environment: PathEnvironment = {},
  ): Promise<StoredProfile<C>> {
    if (profile !== undefined) assertProfileName(profile);
    if (store !== undefined && !this.#stores.has(store)) return this.#selectPath(store, profile, environment);
    // Both given: works even if the list is broken.
    if (profile !== undefined && store !== undefined)
      return { name: profile, isDefault: false, ...this.#open(profile, store, environment) };
    const { current, stores } = await this.read(environment);
    const storeOf = (name: string): string => stores.get(name) ?? FILE_STORE;
    const name = store === undefined || storeOf(current) === store ? current : this.#usualName(store);
    const selected = profile ?? name;
    return {
      name: selected,
      isDefault: selected === current,
      ...this.#open(selected, store ?? storeOf(selected), environment),
    };
  }

  /**
   * The credential store of a profile. It is looked up at the first call, and stays the same from then on.
   *
   * @param name Default: the default profile.
   * @throws AxioError `invalid-argument` for a name that no profile can have.
   */
  store(name?: string, environment: PathEnvironment = {}): CredentialStore<C> {
    if (name !== undefined) assertProfileName(name);
    return new LazyStore(async () => (await this.select({ profile: name }, environment)).store);
  }

  /**
   * Makes a profile the default, and records its store.
   *
   * @throws AxioError `invalid-argument`, `store-unavailable`, `store-locked`.
   */
  async use(selection: ProfileSelection, environment: PathEnvironment = {}): Promise<StoredProfile<C>> {
    const { store } = selection;
    const profile = selection.profile ?? (store === undefined || !this.#isSingle(store) ? undefined : store);
    const selected = await this.select({ profile, store }, environment);
    const { name, storeName } = selected;
    if (storeName === undefined)
      throw new AxioError(
        "invalid-argument",
        `A profile cannot be stored in ${JSON.stringify(store)}. Choose one of: ${[...this.#stores.keys()].join(", ")}.`,
      );
    await this.change((list) => ({ ...withStore(list, name, storeName), current: name }), environment);
    return { ...selected, isDefault: true };
  }

  /**
   * Records where a profile is stored, so that its name suffices to find it.
   *
   * @throws AxioError `store-unavailable`, `store-locked`.
   */
  async remember({ name, storeName }: StoredProfile<C>, environment: PathEnvironment = {}): Promise<void> {
    if (storeName !== undefined) await this.change((list) => withStore(list, name, storeName), environment);
  }

  /**
   * Proves that {@link remember} will be possible, before the user does anything.
   *
   * @throws AxioError `store-unavailable`, `store-locked`.
   */
  async assertCanRemember(
    { name, storeName = FILE_STORE }: StoredProfile<C>,
    environment: PathEnvironment = {},
  ): Promise<void> {
    // A list that is broken is reported when it is changed.
    const list = await this.read(environment).catch(() => undefined);
    if (list === undefined) return;
    const text = formatProfiles(withStore(list, name, storeName));
    if (text === formatProfiles(list)) return;
    const path = this.#listPath(environment);
    await this.#locked(path, async () => removeFile(await stageFile(path, text)));
  }

  /**
   * Removes a profile from the list. If it was the default, `default` becomes the default.
   *
   * @throws AxioError `store-unavailable`, `store-locked`.
   */
  async forget(name: string, environment: PathEnvironment = {}): Promise<void> {
    await this.change((list) => {
      const current = list.current === name ? DEFAULT_PROFILE : list.current;
      return { ...withStore(list, name, FILE_STORE), current };
    }, environment);
  }

  /**
   * Reads the default profile, and where profiles are stored.
   *
   * @throws AxioError `store-unavailable`.
   */
  async read(environment: PathEnvironment = {}): Promise<Profiles> {
    const path = this.#listPath(environment);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      const code = errorCode(cause) ?? "unknown error";
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
   * Changes the list of profiles under its lock. An equal list is not written.
   *
   * @throws AxioError `store-unavailable`, `store-locked`.
   */
  async change(change: (profiles: Profiles) => Profiles, environment: PathEnvironment = {}): Promise<void> {
    const path = this.#listPath(environment);
    await this.#locked(path, async () => {
      const before = await this.read(environment);
      const text = formatProfiles(change(before));
      if (text !== formatProfiles(before)) await replaceFile(path, text);
    });
  }

  async #locked(path: string, write: () => Promise<void>): Promise<void> {
    const lock = await acquireFileLock(`${path}.axio-lock`);
    try {
      await write();
    } catch (cause) {
      if (AxioError.is(cause)) throw cause;
      throw new AxioError(
        "store-unavailable",
        `The list of profiles in ${path} cannot be written (${errorCode(cause) ?? "unknown error"}). Check who owns its directory, and whether the disk is full.`,
        { cause },
      );
    } finally {
      await lock.release();
    }
  }

  /** A store that this version does not know fails when it is used, so that it does not hide the other profiles. */
  #open(
    profile: string,
    storeName: string,
    environment: PathEnvironment,
  ): LocatedStore<C> & { readonly storeName: string } {
    const open = this.#stores.get(storeName);
    if (open !== undefined) return { storeName, ...open(profile, environment) };
    const unknown = new AxioError(
      "store-unavailable",
      `The profile ${JSON.stringify(profile)} is stored in ${JSON.stringify(storeName)}, which this version does not know. Update axio, or sign in again.`,
    );
    return { storeName, location: storeName, store: new LazyStore(() => Promise.reject(unknown)) };
  }

  #selectPath(path: string, profile: string | undefined, environment: PathEnvironment): StoredProfile<C> {
    if (profile === undefined)
      return { name: path, isDefault: false, ...this.#file(expandPath(path, environment)) };
    throw new AxioError(
      "invalid-argument",
      `The profile ${JSON.stringify(profile)} and the file ${JSON.stringify(path)} both select a sign-in. Leave one of them out.`,
    );
  }

  #isSingle(store: string): boolean {
    return Object.hasOwn(this.#options.stores ?? {}, store);
  }

  #usualName(store: string): string {
    return this.#isSingle(store) ? store : DEFAULT_PROFILE;
  }

  #file(path: string): LocatedStore<C> {
    return { location: path, store: new FileCredentialStore({ path, format: this.#options.format }) };
  }

  #keychain(profile: string, environment: PathEnvironment): LocatedStore<C> {
    const account = profileEntry(this.provider, profile);
    const directory = dirname(this.#path(profile, environment));
    return {
      location: `the system's keychain (axio, ${account})`,
      store: new KeychainCredentialStore({
        account,
        format: this.#options.format,
        lockDirectory: join(directory, `${account}.keychain-lock`),
      }),
    };
  }

  #path(profile: string, environment: PathEnvironment): string {
    return defaultCredentialsPath(profileEntry(this.provider, profile), environment);
  }

  /** No profile can have this file, because profiles are in `codex-NAME.json`. */
  #listPath(environment: PathEnvironment): string {
    return defaultCredentialsPath(`${this.provider}.profiles`, environment);
  }
}
