import type { RateLimits } from "../rate-limits.ts";
import type { CompletionTransport } from "../transport.ts";
import type { PluginHost } from "./host.ts";
import type { Screen, SignInScreenOptions } from "./screen.ts";
import type { ProfileSelection, ProviderSignIn } from "./sign-in.ts";

/**
 * A service that runs models, as apps and command lines use it. A package declares it in its `package.json`:
 * `"axio": { "providers": { "codex": "./plugin#provider" } }`.
 *
 * The object should be cheap to load: import what a function needs inside the function.
 *
 * @example
 * ```ts
 * import type { Provider } from "axio/plugin";
 * import { ScriptedTransport, textAnswer } from "axio/testing";
 *
 * export const provider: Provider = {
 *   title: "Says hello",
 *   createTransport: () => new ScriptedTransport([textAnswer("Hello.")]),
 * };
 * ```
 */
export interface Provider {
  /** The name that users see: `"ChatGPT (Codex)"`. */
  readonly title: string;
  /** How users sign in. Default: no sign-in is needed. */
  readonly signIn?: ProviderSignIn | undefined;
  /** The settings that the provider reads from {@link PluginHost.settings}. Default: none. */
  readonly settings?: readonly ProviderSetting[] | undefined;
  /** The page where users see and manage what they use. */
  readonly usageUrl?: string | undefined;
  /**
   * Creates a transport, without network access or sign-in. The app creates a new one when the selection changes, and
   * calls `close()` on the old one.
   */
  createTransport(
    host: PluginHost,
    selection: ProfileSelection,
  ): ProviderTransport | Promise<ProviderTransport>;
  /** Fetches what the account may still use. Default: the provider does not report it. */
  fetchRateLimits?(host: PluginHost, selection: ProfileSelection): Promise<RateLimits>;
  /** Opens a sign-in screen of the provider's own. Default: the app shows its own screen, made from `signIn`. */
  openScreen?(options: SignInScreenOptions): Screen;
}

/** A transport that may hold connections. */
export type ProviderTransport = CompletionTransport & { close?(): void };

/** A setting of a provider: a member of its part of the settings file, and an option of its command line. */
export interface ProviderSetting {
  /** The name in the settings file: `"baseUrl"`. The command-line option is `--base-url`. */
  readonly name: string;
  /** `strings` is a list; its command-line option may be repeated. Default: `"string"`. */
  readonly type?: "string" | "number" | "strings" | undefined;
  /** The name of the value in help texts: `"url"` for `--base-url <url>`. */
  readonly valueName: string;
  /** One line for help texts. */
  readonly description: string;
  /** The possible values. Default: any. */
  readonly choices?: readonly string[] | undefined;
  /** The actions that read it: `account` is a request about the account, `run` a request to a model. */
  readonly appliesTo: readonly ("login" | "logout" | "account" | "run")[];
}
