import type { Screen } from "axio/plugin";
import type { PermissionMode } from "../permissions/mode.ts";
import type { Completion } from "../prompt/completion.ts";
import { type Editor, EMPTY_EDITOR } from "../prompt/editor.ts";
import { EMPTY_HISTORY, type PromptHistory } from "../prompt/history.ts";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import type { Anchor } from "../transcript/viewport.ts";
import type { Page } from "./page.ts";
import type { PermissionPanel } from "./permission.ts";
import type { Picker } from "./picker.ts";

/** The state of the UI other than the conversation. Immutable. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly terminal: TerminalStyle;
  readonly editor: Editor;
  readonly history: PromptHistory;
  readonly completion?: Completion | undefined;
  readonly anchor: Anchor;
  readonly isExpanded: boolean;
  readonly panel?: Picker | Page | ScreenPanel | undefined;
  readonly permission?: PermissionPanel | undefined;
  /** The permission mode. */
  readonly mode: PermissionMode;
  /** Shown below the prompt until the next key. */
  readonly hint?: string | undefined;
  /** Counts the frames of animations. */
  readonly tick: number;
  /** Shown while the transcript is empty. */
  readonly welcome: readonly WelcomeRow[];
}

/** A screen that has the whole terminal and all input. */
export interface ScreenPanel {
  readonly type: "screen";
  readonly screen: Screen;
}

/** A row of the welcome. */
export interface WelcomeRow {
  readonly text: string;
  readonly kind: "title" | "text" | "offer" | "warning";
}

/** The permission request on the screen. It waits while a panel is open, whose keys could be taken for answers. */
export function shownQuestion({
  permission,
  panel,
}: Pick<View, "permission" | "panel">): PermissionPanel | undefined {
  return panel === undefined ? permission : undefined;
}

export function initialView(terminal: TerminalStyle, width: number, height: number): View {
  return {
    width,
    height,
    terminal,
    editor: EMPTY_EDITOR,
    history: EMPTY_HISTORY,
    anchor: undefined,
    isExpanded: false,
    mode: "ask",
    tick: 0,
    welcome: [],
  };
}
