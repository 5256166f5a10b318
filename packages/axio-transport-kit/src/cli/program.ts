import type { AxioError, CompletionTransport, ModelRegistry, RateLimits } from "axio";
import type { CredentialStore, PathEnvironment, ProfileSet, SignInPrompts } from "axio-auth";
import type { BearerCredentials } from "../credentials.ts";
import type { ParsedArgs } from "./args.ts";
import type { CommandSpec } from "./command.ts";

/** A command line for a way to sign in: what differs from one such program to the next. */
export interface CliProgram<C extends BearerCredentials> {
  /** What people type. */
  readonly name: string;
  readonly version: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** What a sign-in is called, above its steps. */
  readonly signInTitle: string;
  /** Where people see what is used of their plan, for a service that does not tell programs. Default: it tells. */
  readonly usagePage?: string;
  /** In the order of the help. See `standardCommands`. */
  readonly commands: readonly CommandSpec<C>[];
  /** Whose a stored sign-in is; `undefined` where what is stored is none (any more). */
  readonly describe: (credentials: C) => AccountInfo | undefined;
  /** What does the work. Loaded when a command needs it, so that `--help` and `--version` are fast. */
  readonly load: CliParts<C>;
}

/** Whose a sign-in is, for people and programs. */
export interface AccountInfo {
  readonly email?: string | undefined;
  readonly plan?: string | undefined;
  /** What the service calls the account. Empty where that is unknown. */
  readonly accountId: string;
  /** Whether the program may use the person's plan, where that is a decision of its own. */
  readonly usesPlan?: boolean;
  /** Whether the person is still to be told, once, that the program uses their plan. */
  readonly isPlanNoticeDue?: boolean;
  /** What a person is to know besides, a line each. Default: nothing. */
  readonly notes?: readonly string[];
}

/** The parts of a program, each loaded by itself. */
export interface CliParts<C extends BearerCredentials> {
  readonly profiles: () => Promise<ProfileSet<C>>;
  readonly login: () => Promise<(call: LoginCall<C>) => Promise<C>>;
  readonly logout: () => Promise<(call: LogoutCall<C>) => Promise<LogoutOutcome>>;
  readonly transport: () => Promise<(call: TransportCall<C>) => CliTransport>;
}

/** How a sign-in is asked for. */
export interface LoginCall<C extends BearerCredentials> extends SignInPrompts {
  readonly store: CredentialStore<C>;
  readonly method: LoginMethod;
  /** Where the browser comes back to. Default: the provider's own ports. */
  readonly ports?: readonly number[];
  /** Where programs keep their files on this machine. */
  readonly surroundings: PathEnvironment;
  /** For options of the program's own. */
  readonly args: ParsedArgs;
}

/** A way to sign in that the person may choose. */
export type LoginMethod = "auto" | "browser" | "device" | "paste";

/** How a sign-out is asked for. */
export interface LogoutCall<C extends BearerCredentials> {
  readonly store: CredentialStore<C>;
  readonly signal: AbortSignal;
  /** For options of the program's own. */
  readonly args: ParsedArgs;
}

/** What a sign-out did. */
export interface LogoutOutcome {
  /** Whether there was a sign-in to delete. */
  readonly signedOut: boolean;
  /** Whether the server confirmed that the tokens are worthless now. */
  readonly revoked: boolean;
  /** Why it did not. */
  readonly error?: AxioError;
}

/** How a transport is asked for. */
export interface TransportCall<C extends BearerCredentials> {
  readonly credentials: CredentialStore<C>;
  readonly onWarning: (warning: AxioError) => void;
  readonly model?: string;
  readonly reasoning?: { readonly effort: string };
  readonly conversationId?: string;
  /** For options of the program's own. */
  readonly args: ParsedArgs;
}

/** What the commands need of a transport. */
export interface CliTransport extends CompletionTransport, Disposable {
  fetchModels(options: { readonly signal: AbortSignal }): Promise<ModelRegistry>;
  /** Asks what the account may still use. Missing where the service does not tell: see `usagePage`. */
  usage?(options: { readonly signal: AbortSignal }): Promise<RateLimits>;
}
