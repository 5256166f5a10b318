import type { RateLimits } from "../rate-limits.ts";
import type { CompletionTransport } from "../transport.ts";
import type { PluginHost } from "./host.ts";

/**
 * A way to a provider, as an app finds it. Exported by a package under the name that its `package.json` gives:
 * `"axio": { "transports": { "codex": "./plugin#transport" } }`.
 *
 * @example
 * ```ts
 * import type { TransportPlugin } from "axio/plugin";
 * import { ScriptedTransport, textAnswer } from "axio/testing";
 *
 * export const transport: TransportPlugin = {
 *   title: "Says hello",
 *   create: () => new ScriptedTransport([textAnswer("Hello.")]),
 * };
 * ```
 */
export interface TransportPlugin {
  /** The name that people see: `"ChatGPT (Codex)"`. */
  readonly title: string;
  /**
   * Makes a transport. Asks for nothing yet: no network, no sign-in. It is made anew where the choice changes; one that has
   * `close()` is closed when it is done with.
   */
  create(host: PluginHost, choice: TransportChoice): ClosableTransport | Promise<ClosableTransport>;
  /**
   * Who is signed in; `undefined` where nobody is. Default: the provider needs no sign-in.
   *
   * @throws AxioError where the sign-in cannot be read.
   */
  account?(host: PluginHost, call: ProfileCall): Promise<TransportAccount | undefined>;
  /** The profiles that are there, in the order to show. Default: there is one, without a name. */
  profiles?(host: PluginHost, call?: { readonly signal?: AbortSignal }): Promise<readonly TransportProfile[]>;
  /** Makes a profile the one that is used where none is named. */
  useProfile?(host: PluginHost, profile: string): Promise<void>;
  /** What the account may still use. Default: the provider says nothing of it. */
  usage?(host: PluginHost, call: ProfileCall): Promise<RateLimits>;
  /** Signs out. Gives what was achieved, as a sentence to show. Default: there is nothing to sign out of. */
  logout?(host: PluginHost, call: ProfileCall): Promise<string>;
  /** Where a person manages what they use: `"https://chatgpt.com/settings/usage"`. */
  readonly usageUrl?: string;
}

/** A transport that may hold connections. */
export type ClosableTransport = CompletionTransport & { close?(): void };

/** What a person chose of a transport. */
export interface TransportChoice {
  /** Default: the profile that is used where none is named. */
  readonly profile?: string;
  /** The reasoning effort, one of `ModelSpec.efforts`. Default: the model's own. */
  readonly effort?: string;
}

/** A call in the name of one profile. */
export interface ProfileCall {
  /** Default: the profile that is used where none is named. */
  readonly profile?: string;
  readonly signal?: AbortSignal;
}

/** Who is signed in. */
export interface TransportAccount {
  /** The name that tells this account from others: an e-mail address. */
  readonly label: string;
  /** The plan, as the provider names it. */
  readonly plan?: string;
  /** The workspace that the sign-in is for. */
  readonly workspace?: string;
  /** Whether the person's plan is used, where that is a decision of its own. The app shows it near the prompt. */
  readonly planUse?: PlanUseState;
}

/** Whether a person's plan is used, and how that is said: `"Using ChatGPT plan"`. */
export interface PlanUseState {
  readonly isOn: boolean;
  readonly label: string;
}

/** One of several sign-ins side by side. */
export interface TransportProfile {
  readonly name: string;
  /** The one that is used where none is named. */
  readonly isDefault: boolean;
  /** Who is signed in; absent where nobody is. */
  readonly account?: TransportAccount;
}
