import type { AxioError, RateLimits } from "axio";
import type {
  LoginMethod,
  LoginProgress,
  Profile,
  Provider,
  ProviderSignIn,
  SignedInProfile,
} from "axio/plugin";
import type { Style } from "axio-cli/internal";

/** The provider that the screen is about. */
export interface SignInContext {
  readonly title: Provider["title"];
  readonly usageUrl: Provider["usageUrl"];
  readonly signIn: Pick<ProviderSignIn, "title" | "methods" | "planUse">;
  /** Whether the user is at another computer (SSH). */
  readonly isRemote: boolean;
}

/** The surface to draw on. */
export interface Canvas {
  readonly style: Style;
  readonly width: number;
  readonly height: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** The state of the sign-in screen. */
export interface ScreenState {
  /** All profiles. Absent until they are read. */
  readonly profiles?: readonly Profile[] | undefined;
  /** The profile that is shown. Default: the default profile. */
  readonly profile?: string | undefined;
  /** Whether the user chose the profile on this screen. */
  readonly hasChosen: boolean;
  /** Whether a sign-in or the profile in use changed. */
  readonly changed: boolean;
  readonly usage: Usage;
  readonly view: View;
  /** The result of the last action. */
  readonly message?: Message | undefined;
  /** Whether this screen has shown the notice of the plan. */
  readonly hasShownNotice: boolean;
  /** The number of the newest sign-in. Events of earlier ones are ignored. */
  readonly attempt: number;
}

/** The result of an action. */
export interface Message {
  readonly kind: "done" | "note" | "failure";
  readonly text: string;
  /** Problems that did not stop the action. */
  readonly warnings?: readonly string[] | undefined;
}

/** The rate limits of the account. */
export type Usage =
  | { readonly type: "none" | "loading" }
  | { readonly type: "known"; readonly limits: RateLimits }
  | { readonly type: "failed"; readonly error: AxioError };

/** The part of the screen that receives the keys. */
export type View =
  /** The account, and the actions on it. */
  | { readonly type: "menu"; readonly selected: number }
  | { readonly type: "methods"; readonly selected: number }
  | LoginView
  /** A sign-in that failed. */
  | (LoginChoice & { readonly type: "failed"; readonly error: AxioError; readonly selected: number })
  /** The notice that the user's plan is used. Shown once. */
  | { readonly type: "notice"; readonly selected: number }
  | { readonly type: "profiles"; readonly selected: number }
  /** The name of a new profile. */
  | { readonly type: "name"; readonly text: string; readonly problem?: string }
  /** Asks before a profile is signed out, or removed as well. */
  | {
      readonly type: "confirm";
      readonly action: "logout" | "forget";
      readonly profile: string;
      readonly selected: number;
    }
  /** An action that takes a moment. */
  | { readonly type: "busy"; readonly text: string };

/** How to sign in. */
export interface LoginChoice {
  /** Default: all methods that can succeed, at the same time. */
  readonly method: LoginMethod | undefined;
  /** Whether to ask the user again for the use of their plan. */
  readonly enablePlan: boolean;
}

/** A sign-in in progress. */
export interface LoginView extends LoginChoice {
  readonly type: "login";
  readonly steps: readonly LoginProgress[];
  /** The text in the input field. */
  readonly text: string;
  /** The input that the sign-in waits for. */
  readonly prompt?: LoginPrompt | undefined;
  /** Whether the address was copied. */
  readonly isCopied: boolean;
}

/** The input that a sign-in waits for: the address that the browser ended on, a secret, or a line of text. */
export type LoginPrompt =
  | { readonly type: "paste" }
  | {
      readonly type: "text";
      readonly title: string;
      /** Whether the user may enter nothing. */
      readonly isOptional: boolean;
    }
  | {
      readonly type: "secret";
      readonly title: string;
      readonly url?: string | undefined;
      /** Whether the user may enter nothing. */
      readonly isOptional: boolean;
    };

/** The meaning of a key. */
export type ScreenKey =
  | { readonly type: "up" | "down" | "enter" | "escape" | "backspace" | "copy" }
  | { readonly type: "text"; readonly text: string };

/** An event for the screen. */
export type ScreenEvent =
  | { readonly type: "key"; readonly key: ScreenKey }
  | { readonly type: "profiles" | "acknowledged"; readonly profiles: readonly Profile[] }
  | { readonly type: "usage"; readonly profile: string; readonly usage: Usage }
  | { readonly type: "progress"; readonly attempt: number; readonly step: LoginProgress }
  | { readonly type: "prompt"; readonly attempt: number; readonly prompt: LoginPrompt }
  | { readonly type: "signed-in"; readonly attempt: number; readonly profile: SignedInProfile }
  | { readonly type: "sign-in-failed"; readonly attempt: number; readonly error: AxioError }
  /** Another action succeeded. */
  | { readonly type: "done"; readonly text: string }
  | { readonly type: "failed"; readonly error: AxioError };

/** An effect for the controller to run. */
export type ScreenEffect =
  | { readonly type: "load" }
  | { readonly type: "usage"; readonly profile: string }
  | (LoginChoice & {
      readonly type: "login";
      readonly attempt: number;
      readonly profile: string | undefined;
    })
  | { readonly type: "stop-login" }
  | { readonly type: "answer-prompt"; readonly text: string }
  | { readonly type: "logout" | "use" | "forget" | "acknowledge"; readonly profile: string }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "close" };

/** The state after an event, and the effects to run. */
export interface Step {
  readonly state: ScreenState;
  readonly effects: readonly ScreenEffect[];
}

/** Returns the profile that is shown, if it is known. */
export function shownProfile({ profiles, profile }: ScreenState): Profile | undefined {
  return profiles?.find(({ name, isDefault }) => (profile === undefined ? isDefault : name === profile));
}
