import type { AppOptions } from "../app/app-options.ts";
import type { Transports } from "../app/transports.ts";
import type { ActiveTransport } from "../conversation/active-transport.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { ToolBox } from "../conversation/tool-box.ts";
import type { Page } from "../panels/page.ts";
import type { Picker } from "../panels/picker.ts";

/** The part of the app that commands use. */
export interface CommandContext {
  readonly options: AppOptions;
  readonly conversation: Conversation;
  readonly transports: Transports;
  readonly toolBox: ToolBox;
  readonly signal: AbortSignal;
  show(panel: Picker | Page): void;
  closePanel(): void;
  hint(text: string): void;
  /** Uses a transport, and stores the choice. */
  use(active: ActiveTransport): Promise<void>;
  /** Opens the sign-in screen of a transport. */
  openSignIn(transport: string, start: "overview" | "login"): Promise<void>;
  /** Continues a stored session. */
  resume(id: string): Promise<void>;
  setTheme(name: string): Promise<void>;
  quit(): void;
}

/** A command of the prompt: `/name`. */
export interface Command {
  readonly name: string;
  readonly description: string;
  /** The syntax of the argument, for the help. */
  readonly argument?: string | undefined;
  /** Whether it is available during a run. Default: `false`. */
  readonly isAlwaysReady?: boolean | undefined;
  run(context: CommandContext, argument: string): void | Promise<void>;
}
