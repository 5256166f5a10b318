import type { PluginHost } from "axio/plugin";
import type { CredentialStore, ProfileSet, SignInPrompts } from "axio-auth";
import type { AccountInfo, LoginMethod, LogoutOutcome } from "../cli/program.ts";
import type { BearerCredentials } from "../credentials.ts";

/** A provider that people sign in to: what a plugin and its settings screen need to know of it. */
export interface SignInProvider<C extends BearerCredentials> {
  /** The name that people see: `"ChatGPT (Codex)"`. */
  readonly title: string;
  /** What a sign-in is called: `"Sign in with ChatGPT"`. */
  readonly signInTitle: string;
  readonly profiles: ProfileSet<C>;
  /** The ways to sign in, besides all at once; the first is the usual one. */
  readonly methods: readonly Exclude<LoginMethod, "auto">[];
  /** Whose a stored sign-in is; `undefined` where what is stored is none (any more). */
  readonly describe: (credentials: C) => AccountInfo | undefined;
  readonly login: (call: ProviderLogin<C>) => Promise<C>;
  readonly logout: (call: ProviderLogout<C>) => Promise<LogoutOutcome>;
  /** Where people see what is used of their plan. */
  readonly usageUrl?: string;
  /** What `AccountFacts.accountId` names. Default `"Workspace"`. */
  readonly accountIdTitle?: string;
  /** Where the use of the person's plan is a decision of its own: how it is spoken of. */
  readonly planUse?: PlanUse<C>;
}

/** How a provider speaks of the use of a person's plan. */
export interface PlanUseWords {
  /** Said while it is used: `"Using ChatGPT plan"`. */
  readonly on: string;
  /** Said while it is not. */
  readonly off: string;
  /** What that means, in a sentence or two. */
  readonly offMeaning: string;
  /** What asks the person again. */
  readonly enable: string;
  /** What the person is told once, when the plan is used first. */
  readonly notice: { readonly title: string; readonly text: string; readonly dismiss: string };
}

/** The use of a person's plan. */
export interface PlanUse<C extends BearerCredentials> extends PlanUseWords {
  /** Keeps that the person has seen the notice: `AccountFacts.isPlanNoticeDue` is over. */
  readonly acknowledge: (store: CredentialStore<C>) => Promise<void>;
}

/** How a sign-in is asked for. */
export interface ProviderLogin<C extends BearerCredentials> extends SignInPrompts {
  readonly store: CredentialStore<C>;
  readonly method: LoginMethod;
  /** Asks again whether the plan may be used. */
  readonly enablePlan: boolean;
  /** The app that the sign-in is for, and its settings. */
  readonly host: PluginHost;
  /** Who issues the tokens. Default: the provider. */
  readonly issuer?: string;
}

/** How a sign-out is asked for. */
export interface ProviderLogout<C extends BearerCredentials> {
  readonly store: CredentialStore<C>;
  readonly signal?: AbortSignal;
  /** Who issued the tokens. Default: the provider. */
  readonly issuer?: string;
}
