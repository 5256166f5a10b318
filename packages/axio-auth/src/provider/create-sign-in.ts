import type { AxioError } from "axio";
import type {
  LoginCall,
  LogoutCall,
  LogoutResult,
  PlanUse,
  PluginHost,
  Profile,
  ProfileSelection,
  ProviderAccount,
  ProviderSignIn,
  SignInStore,
} from "axio/plugin";
import type { ProfileSet, StoredProfile } from "../profiles/profile-set.ts";
import type { CredentialStore } from "../store/credential-store.ts";

/** A sign-in without the code that does it, which is loaded at the first call. */
export interface SignInDescription<C extends object>
  extends Pick<ProviderSignIn, "title" | "methods" | "keepsRegistration"> {
  /** The stores that the profile set has in addition to `file` and `keychain`. Default: none. */
  readonly stores?: readonly SignInStore[] | undefined;
  readonly planUse?: Omit<PlanUse, "acknowledge"> | undefined;
  readonly load: () => Promise<SignInActions<C>>;
}

/** The code of a sign-in, for credentials of the shape `C`. */
export interface SignInActions<C extends object> {
  readonly profiles: ProfileSet<C>;
  /** Returns what may be shown of stored credentials; `undefined` if they are not a sign-in. */
  describe(credentials: C): ProviderAccount | undefined;
  /** Signs in, and saves the credentials in the store. */
  login(host: PluginHost, call: StoreLogin<C>): Promise<C>;
  logout(host: PluginHost, call: StoreLogout<C>): Promise<LogoutResult>;
  /** Records in the store that the notice of the plan was shown. */
  acknowledgePlanUse?(store: CredentialStore<C>): Promise<void>;
}

/** A sign-in to a given store. */
export interface StoreLogin<C extends object> extends Omit<LoginCall, "profile" | "store"> {
  readonly store: CredentialStore<C>;
}

/** A sign-out from a given store. */
export interface StoreLogout<C extends object> extends Omit<LogoutCall, "store"> {
  readonly store: CredentialStore<C>;
}

/**
 * Creates the sign-in of a provider from a profile set and functions that work on one credential store. Importing this
 * module loads nothing else.
 */
export function createSignIn<C extends object>(description: SignInDescription<C>): ProviderSignIn {
  const { title, methods, keepsRegistration, stores = [], planUse, load } = description;
  const select = async (host: PluginHost, selection: ProfileSelection): Promise<Selected<C>> => {
    const actions = await load();
    return { actions, stored: await actions.profiles.select(selection, host) };
  };
  return {
    title,
    methods,
    keepsRegistration,
    stores: [{ name: "file" }, { name: "keychain" }, ...stores],
    planUse: planUse && {
      ...planUse,
      acknowledge: async (host, selection) => {
        const { actions, stored } = await select(host, selection);
        await actions.acknowledgePlanUse?.(stored.store);
      },
    },
    profiles: async (host, { signal } = {}) => {
      const actions = await load();
      const listed = await actions.profiles.list(host);
      return Promise.all(listed.map((stored) => readProfile({ actions, stored }, signal)));
    },
    profile: async (host, selection) => readProfile(await select(host, selection), selection.signal),
    login: async (host, call) => {
      const { actions, stored } = await select(host, call);
      await actions.profiles.assertCanRemember(stored, host);
      const credentials = await actions.login(host, { ...call, store: stored.store });
      // The sign-in succeeded even if the list of profiles cannot be written.
      await actions.profiles.remember(stored, host).catch((error: AxioError) => host.onWarning(error));
      const { name, isDefault, location } = stored;
      return { name, isDefault, location, account: actions.describe(credentials) ?? { label: name } };
    },
    logout: async (host, call) => {
      const { actions, stored } = await select(host, call);
      return actions.logout(host, { ...call, store: stored.store });
    },
    setDefaultProfile: async (host, selection) => {
      const actions = await load();
      return readProfile({ actions, stored: await actions.profiles.use(selection, host) }, selection.signal);
    },
    forgetProfile: async (host, profile) => (await load()).profiles.forget(profile, host),
  };
}

interface Selected<C extends object> {
  readonly actions: SignInActions<C>;
  readonly stored: StoredProfile<C>;
}

async function readProfile<C extends object>(
  { actions, stored }: Selected<C>,
  signal: AbortSignal | undefined,
): Promise<Profile> {
  const { name, isDefault, location, store } = stored;
  try {
    const credentials = await store.load({ signal });
    return { name, isDefault, location, account: credentials && actions.describe(credentials) };
  } catch (error) {
    // Not needed at start-up.
    const { AxioError } = await import("axio");
    if (!AxioError.is(error) || error.code === "aborted") throw error;
    return { name, isDefault, location, error };
  }
}
