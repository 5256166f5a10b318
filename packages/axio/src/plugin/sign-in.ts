import type { AxioError } from "../errors.ts";
import type { PluginHost } from "./host.ts";
import type { LoginMethod, SignInPrompts } from "./sign-in-prompts.ts";

/**
 * How users sign in to a provider and manage their sign-ins. Credentials never leave the provider: callers name a profile,
 * and get back what may be shown.
 */
export interface ProviderSignIn {
  /** The name of the sign-in: `"Sign in with ChatGPT"`. */
  readonly title: string;
  /** The supported methods, the usual one first. */
  readonly methods: readonly LoginMethod[];
  /** The named stores that can hold a profile, the default first. */
  readonly stores: readonly SignInStore[];
  /**
   * Whether signing out keeps the registration of the client, which {@link LogoutCall.forgetRegistration} deletes.
   * Default: `false`.
   */
  readonly keepsRegistration?: boolean | undefined;
  /** Whether profiles are sign-ins to different services, whose models are shown side by side. Default: `false`. */
  readonly profilesDiffer?: boolean | undefined;
  /** Set if the user decides whether their plan is used. Default: there is no such decision. */
  readonly planUse?: PlanUse | undefined;
  /**
   * Lists all profiles, the default first. A profile that cannot be read has an `error`.
   *
   * @throws AxioError `store-unavailable` if the list itself cannot be read.
   */
  profiles(
    host: PluginHost,
    call?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly Profile[]>;
  /**
   * Reads one profile, without network access.
   *
   * @throws AxioError `invalid-argument` for a name that no profile can have; `store-unavailable`.
   */
  profile(host: PluginHost, selection: ProfileSelection): Promise<Profile>;
  /**
   * Signs in, and stores the credentials in the selected profile. Replaces its previous sign-in.
   *
   * @throws AxioError for example `login-denied`, `login-timeout`, `aborted`.
   */
  login(host: PluginHost, call: LoginCall): Promise<SignedInProfile>;
  /** Signs out. Deletes the credentials even if the server does not confirm that they are revoked. */
  logout(host: PluginHost, call: LogoutCall): Promise<LogoutResult>;
  /** Makes a profile the default, and remembers its store. */
  setDefaultProfile(host: PluginHost, selection: ProfileSelection): Promise<Profile>;
  /** Removes a profile from the list. The caller signs out first. */
  forgetProfile(host: PluginHost, profile: string): Promise<void>;
}

/** Selects one sign-in. Default: that of the default profile. */
export interface ProfileSelection {
  /** The name of a profile. Default: the default profile, or the first that `store` holds. */
  readonly profile?: string | undefined;
  /** The name of a {@link SignInStore}, or the path of a file. Default: the store of the profile. */
  readonly store?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A credential store that can hold a profile. */
export interface SignInStore {
  /** `"file"`, `"keychain"`. */
  readonly name: string;
  /** A few words for help texts: `"the official CLI's auth.json"`. */
  readonly description?: string | undefined;
  /** Whether it holds one sign-in only, whose profile has the name of the store. Default: `false`. */
  readonly isSingle?: boolean | undefined;
}

/** One of several sign-ins stored side by side. */
export interface Profile {
  /** The user's name for it; the path, if it is a file that was selected by path. */
  readonly name: string;
  readonly isDefault: boolean;
  /** The location of the credentials, for display: a path, or a description of a keychain entry. */
  readonly location: string;
  /** Whose sign-in it is. Absent if no user is signed in. */
  readonly account?: ProviderAccount | undefined;
  /** Why it cannot be read. */
  readonly error?: AxioError | undefined;
}

/** A profile with a sign-in. */
export interface SignedInProfile extends Profile {
  readonly account: ProviderAccount;
}

/** Whose sign-in it is. Holds no secret. */
export interface ProviderAccount {
  /** Identifies the account to the user: an email address, or its id. */
  readonly label: string;
  /** For a sign-in without an account, what is used: `"the API key …abcd of OpenAI"`. Default: the account that `label` names. */
  readonly uses?: string | undefined;
  readonly email?: string | undefined;
  /** The id that the provider uses. Default: unknown. */
  readonly id?: string | undefined;
  /** The plan, as the provider names it. */
  readonly plan?: string | undefined;
  /** More to show, each with a title: `{ title: "Workspace", value: "ws-1" }`. */
  readonly details?: readonly { readonly title: string; readonly value: string }[] | undefined;
  /** When the access token expires, in Unix milliseconds. Default: never, or unknown. */
  readonly expiresAt?: number | undefined;
  /** Whether the access token is refreshed automatically. Default: there is no token that expires. */
  readonly isRefreshable?: boolean | undefined;
  /** Whether the user's plan is used. Absent if there is no such decision. */
  readonly planUse?: PlanUseState | undefined;
  /** The page on which usage is managed; `null` if the service has no such page. Default: that of the provider. */
  readonly usageUrl?: string | null | undefined;
  /** Sentences to show to the user. */
  readonly notes?: readonly string[] | undefined;
}

/** Whether the user's plan is used. */
export interface PlanUseState {
  readonly isOn: boolean;
  /** A short text for a status line: `"Using ChatGPT plan"`. */
  readonly label: string;
  /** Whether {@link PlanUse.notice} is still to be shown. Default: `false`. */
  readonly isNoticeDue?: boolean | undefined;
}

/** The user's decision whether their plan is used: the texts that the provider prescribes, and how to record what was shown. */
export interface PlanUse {
  /** The consequences if the plan is not used, in one or two sentences. */
  readonly offExplanation: string;
  /** The command that asks the user again. */
  readonly enableLabel: string;
  /** Shown once, when the plan is used first. */
  readonly notice: { readonly title: string; readonly text: string; readonly dismissLabel: string };
  /** Records that the notice was shown. */
  acknowledge(host: PluginHost, selection: ProfileSelection): Promise<void>;
}

/** A request to sign in. */
export interface LoginCall extends ProfileSelection, SignInPrompts {
  /** Default: all methods that can succeed, at the same time. */
  readonly method?: LoginMethod | undefined;
  /** Asks the user again whether their plan may be used. Default: `false`. */
  readonly enablePlan?: boolean | undefined;
  /**
   * Asks the user for the service, if the profiles of the sign-in differ ({@link ProviderSignIn.profilesDiffer}). Default:
   * only for a new profile.
   */
  readonly asksForService?: boolean | undefined;
}

/** A request to sign out. */
export interface LogoutCall extends ProfileSelection {
  /** Also deletes the registration of the client, so that the next sign-in registers again. Default: `false`. */
  readonly forgetRegistration?: boolean | undefined;
}

/** The result of a sign-out. */
export interface LogoutResult {
  /** Whether there was a sign-in to delete. */
  readonly signedOut: boolean;
  /** Whether the server confirmed that the tokens are revoked. */
  readonly revoked: boolean;
  /** Why it did not. */
  readonly error?: AxioError | undefined;
  /** Says in a sentence what was deleted, unless it is a token that can be revoked. */
  readonly note?: string | undefined;
}
