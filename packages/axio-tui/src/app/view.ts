import type { Page } from "../panels/page.ts";
import type { PermissionPanel } from "../panels/permission.ts";
import type { Picker } from "../panels/picker.ts";
import type { Completion } from "../prompt/completion.ts";
import { type Editor, EMPTY_EDITOR } from "../prompt/editor.ts";
import { EMPTY_HISTORY, type PromptHistory } from "../prompt/history.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import type { Anchor } from "../transcript/viewport.ts";
import type { SettingsScreen } from "./settings-screen.ts";

/** What the person sees besides the conversation. Never changed: a change makes a new one. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly look: TerminalStyle;
  readonly editor: Editor;
  readonly history: PromptHistory;
  readonly completion?: Completion;
  readonly anchor: Anchor;
  readonly isExpanded: boolean;
  readonly panel?: Picker | Page | SettingsScreen;
  readonly permission?: PermissionPanel;
  /** Said below the prompt until the next key. */
  readonly hint?: string;
  /** Counts frames of what moves while something is under way. */
  readonly tick: number;
  /** What the beginning of an empty transcript says. */
  readonly welcome: readonly WelcomeRow[];
}

/** A row of the welcome. */
export interface WelcomeRow {
  readonly text: string;
  readonly kind: "title" | "text" | "offer" | "warning";
}

export function firstView(look: TerminalStyle, width: number, height: number): View {
  return {
    width,
    height,
    look,
    editor: EMPTY_EDITOR,
    history: EMPTY_HISTORY,
    anchor: undefined,
    isExpanded: false,
    tick: 0,
    welcome: [],
  };
}
