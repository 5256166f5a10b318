import type { ActiveProvider } from "../conversation/active-provider.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { Providers } from "../conversation/providers.ts";
import type { ToolBox } from "../conversation/tool-box.ts";
import type { AppOptions } from "../host/app-options.ts";
import type { Page } from "../panels/page.ts";
import type { Picker } from "../panels/picker.ts";

/** The part of the app that commands use. */
export interface CommandContext {
  readonly options: AppOptions;
  readonly conversation: Conversation;
  readonly providers: Providers;
  readonly toolBox: ToolBox;
  readonly signal: AbortSignal;
  /** The commands of the app, then those of the user and the folder. */
  readonly commands: readonly Command[];
  show(panel: Picker | Page): void;
  closePanel(): void;
  hint(text: string): void;
  /** Puts a text into the prompt, to edit it. */
  fillPrompt(text: string): void;
  /** Uses a provider, and stores the choice. */
  use(active: ActiveProvider): Promise<void>;
  /** Sends a prompt. The files that `named` names are attached. Resolves when its run ends. */
  sendPrompt(text: string, named: string): Promise<void>;
  /** Opens the sign-in screen of a provider. */
  openSignIn(provider: string, start: "overview" | "login"): Promise<void>;
  /** Continues a stored session. */
  resume(id: string): Promise<void>;
  setTheme(name: string): Promise<void>;
  quit(): void;
}

/** A command of the prompt: `/name`. */
export interface Command {
  readonly name: string;
  /** Other names, which users know from other programs. */
  readonly aliases?: readonly string[] | undefined;
  readonly description: string;
  /** The syntax of the argument, for the help. */
  readonly argument?: string | undefined;
  /** Whether it is available during a run. Default: `false`. */
  readonly isAlwaysReady?: boolean | undefined;
  run(context: CommandContext, argument: string): void | Promise<void>;
}
