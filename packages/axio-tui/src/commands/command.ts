import type { AppOptions } from "../app/app-options.ts";
import type { Transports } from "../app/transports.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { ActiveTransport } from "../conversation/open-transport.ts";
import type { ToolBox } from "../conversation/tool-box.ts";
import type { Page } from "../panels/page.ts";
import type { Picker } from "../panels/picker.ts";

/** What a command may do with the app. */
export interface CommandContext {
  readonly options: AppOptions;
  readonly conversation: Conversation;
  readonly transports: Transports;
  readonly toolBox: ToolBox;
  readonly signal: AbortSignal;
  show(panel: Picker | Page): void;
  closePanel(): void;
  hint(text: string): void;
  /** Uses a transport from now on, and keeps the choice. */
  use(open: ActiveTransport): Promise<void>;
  /** Opens the screen on which people sign in. */
  openSettings(transport: string, start: "overview" | "login"): Promise<void>;
  /** Goes on with a session that is kept. */
  resume(id: string): Promise<void>;
  setTheme(name: string): Promise<void>;
  quit(): void;
}

/** What `/name` does. */
export interface Command {
  readonly name: string;
  readonly description: string;
  /** What may follow the name, for the help. */
  readonly argument?: string;
  /** Whether it can be used while the model works. */
  readonly isAlwaysReady?: boolean;
  run(context: CommandContext, argument: string): void | Promise<void>;
}
