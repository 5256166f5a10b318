import type { CredentialStore, PathSurroundings, ProfileSet, SignInWays } from "axio-auth";
import type { AccountFacts, LoginMethodName, LogoutOutcome } from "../cli/program.ts";
import type { BearerCredentials } from "../credentials.ts";

/** A provider that people sign in to: what a plugin and its settings screen need to know of it. */
export interface SignInProvider<C extends BearerCredentials> {
  /** The name that people see: `"ChatGPT (Codex)"`. */
  readonly title: string;
  /** What a sign-in is called: `"Sign in with ChatGPT"`. */
  readonly signInTitle: string;
  readonly profiles: ProfileSet<C>;
  /** The ways to sign in, besides all at once; the first is the usual one. */
  readonly methods: readonly Exclude<LoginMethodName, "auto">[];
  /** Whose a stored sign-in is; `undefined` where what is stored is none (any more). */
  readonly describe: (credentials: C) => AccountFacts | undefined;
  readonly login: (call: ProviderLogin<C>) => Promise<C>;
  readonly logout: (call: ProviderLogout<C>) => Promise<LogoutOutcome>;
  /** Where people see what is used of their plan. */
  readonly usageUrl?: string;
}

/** How a sign-in is asked for. */
export interface ProviderLogin<C extends BearerCredentials> extends SignInWays {
  readonly store: CredentialStore<C>;
  readonly method: LoginMethodName;
  /** Where programs keep their files on this machine. */
  readonly surroundings: PathSurroundings;
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
