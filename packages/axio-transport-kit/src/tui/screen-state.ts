import type { AxioError, RateLimits } from "axio";
import type { LoginProgress } from "axio-auth";
import type { LoginMethod } from "../cli/program.ts";
import type { ProfileInfo } from "../plugin/sign-ins.ts";

/** What a settings screen shows, and what it was told. */
export interface ScreenState {
  /** All profiles, once they are read. */
  readonly profiles?: readonly ProfileInfo[];
  /** The profile that is shown. Default: the one that is used where none is named. */
  readonly profile?: string;
  /** Whether the person chose the profile on this screen. */
  readonly hasChosen: boolean;
  /** Whether a sign-in changed, or the profile in use. */
  readonly changed: boolean;
  readonly usage: Usage;
  readonly view: View;
  /** What was done last, or why it failed. */
  readonly message?: { readonly kind: "done" | "note" | "failure"; readonly text: string };
  /** Whether the notice of the plan was shown on this screen. */
  readonly hasShownNotice: boolean;
  /** The number of the newest sign-in: what an earlier one still says is not heard. */
  readonly attempt: number;
}

/** What the account may still use. */
export type Usage =
  | { readonly type: "none" | "loading" }
  | { readonly type: "known"; readonly limits: RateLimits }
  | { readonly type: "failed"; readonly error: AxioError };

/** The part of the screen that takes the keys. */
export type View =
  /** The account, and what can be done with it. */
  | { readonly type: "menu"; readonly selected: number }
  /** How to sign in. */
  | { readonly type: "ways"; readonly selected: number }
  /** A sign-in that is under way. */
  | LoginView
  /** A sign-in that failed. */
  | {
      readonly type: "failed";
      readonly error: AxioError;
      readonly method: LoginMethod;
      readonly enablePlan: boolean;
      readonly selected: number;
    }
  /** What the person is told once: their plan is used. */
  | { readonly type: "notice"; readonly selected: number }
  | { readonly type: "profiles"; readonly selected: number }
  /** The name of a new profile. */
  | { readonly type: "name"; readonly text: string; readonly problem?: string }
  /** Whether the profile is really to be signed out, or removed as well. */
  | {
      readonly type: "confirm";
      readonly what: "logout" | "forget";
      readonly profile: string;
      readonly selected: number;
    }
  /** Something that takes a moment. */
  | { readonly type: "busy"; readonly text: string };

/** A sign-in that is under way. */
export interface LoginView {
  readonly type: "login";
  readonly method: LoginMethod;
  /** Whether the person is asked again for the use of the plan. */
  readonly enablePlan: boolean;
  readonly steps: readonly LoginProgress[];
  /** What is typed or pasted. */
  readonly text: string;
  /** Whether a paste is waited for. */
  readonly canPaste: boolean;
  /** Whether the address was put into the clipboard. */
  readonly isCopied: boolean;
}

/** What a key means to the screen. */
export type ScreenKey =
  | { readonly type: "up" | "down" | "enter" | "escape" | "backspace" | "copy" }
  | { readonly type: "text"; readonly text: string };

/** What the screen is told. */
export type ScreenEvent =
  | { readonly type: "key"; readonly key: ScreenKey }
  | { readonly type: "profiles" | "acknowledged"; readonly profiles: readonly ProfileInfo[] }
  | { readonly type: "usage"; readonly profile: string; readonly usage: Usage }
  | { readonly type: "progress"; readonly attempt: number; readonly step: LoginProgress }
  | { readonly type: "paste-wanted"; readonly attempt: number }
  | { readonly type: "signed-in"; readonly attempt: number; readonly who: string }
  | { readonly type: "sign-in-failed"; readonly attempt: number; readonly error: AxioError }
  /** Something else is done. */
  | { readonly type: "done"; readonly text: string }
  | { readonly type: "failed"; readonly error: AxioError };

/** What is to be done besides drawing. */
export type ScreenEffect =
  | { readonly type: "load" }
  | { readonly type: "usage"; readonly profile: string }
  | {
      readonly type: "login";
      readonly attempt: number;
      readonly method: LoginMethod;
      readonly enablePlan: boolean;
      readonly profile: string | undefined;
    }
  | { readonly type: "stop-login" }
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "logout" | "use" | "forget" | "acknowledge"; readonly profile: string }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "close" };

/** The state after an event, and what is to be done. */
export interface Step {
  readonly state: ScreenState;
  readonly effects: readonly ScreenEffect[];
}

/** The profile that is shown, as far as it is known. */
export function shownProfile({ profiles, profile }: ScreenState): ProfileInfo | undefined {
  return profiles?.find(({ name, isDefault }) => (profile === undefined ? isDefault : name === profile));
}
