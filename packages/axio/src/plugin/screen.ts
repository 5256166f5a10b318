import type { PluginHost } from "./host.ts";

/**
 * Marks the insertion point in a row of {@link Screen.render}. It takes no column. The app removes it and places the
 * terminal's cursor there, so that input methods and screen magnifiers follow what the user types.
 *
 * @example
 * ```ts
 * import { CURSOR } from "axio/plugin";
 *
 * const row = `Name: ${"ada"}${CURSOR}`;
 * ```
 */
export const CURSOR = "\x1b_axio:cursor\x1b\\";

/** The part of the terminal that a screen may use, in columns and rows. */
export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

/** The capabilities of the terminal. */
export interface ScreenStyle {
  readonly color: boolean;
  /** Whether characters beyond ASCII are shown correctly. */
  readonly unicode: boolean;
}

/** One key press, a run of typed text, a whole paste, or a turn of the mouse wheel. */
export type ScreenInput =
  | {
      readonly type: "key";
      /** `"enter"`, `"escape"`, `"up"`, `"pageup"`, …; with Ctrl or Alt also a letter, in lower case. */
      readonly name: string;
      readonly ctrl: boolean;
      readonly alt: boolean;
      readonly shift: boolean;
    }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  /** `rows` is negative when the wheel turns up. */
  | { readonly type: "scroll"; readonly rows: number };

/**
 * A view that fills the terminal and receives all input except Ctrl-C. It holds its own state and never writes to the
 * terminal itself.
 */
export interface Screen {
  /**
   * Returns the rows to show, top to bottom. A row may contain SGR sequences (`\x1b[…m`) and {@link CURSOR}; all other
   * escape sequences are removed. The app resets the style after each row and cuts what exceeds the size.
   */
  render(size: ScreenSize): readonly string[];
  handleInput(input: ScreenInput): void;
  /** Calls `listener` after each change that needs a new `render()`. Returns a function that ends the subscription. */
  subscribe(listener: () => void): () => void;
  /** Ends what is in progress and frees resources. The app calls it once, when the screen is no longer shown. */
  close(): void;
}

/** Options of a sign-in screen: the app's own, or the one of a provider. */
export interface SignInScreenOptions {
  readonly host: PluginHost;
  /** Default: the default profile. */
  readonly profile?: string | undefined;
  /** The part to show first. */
  readonly start: "overview" | "login";
  readonly style: ScreenStyle;
  /** Copies text to the clipboard of the user's terminal. */
  copy(text: string): void;
  /** Asks the app to close the screen. `profile` is the profile to use from now on. */
  onDone(result: { readonly profile?: string | undefined; readonly changed: boolean }): void;
}
