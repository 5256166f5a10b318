import type { LoginMethod } from "../cli/program.ts";
import type { BearerCredentials } from "../credentials.ts";
import type { PlanUseWords, SignInProvider } from "../plugin/provider.ts";
import { type ScreenState, shownProfile, type View } from "./screen-state.ts";

/** What a line of a menu does. */
export type Choice =
  | {
      readonly type: "login";
      readonly method: LoginMethod;
      readonly enablePlan: boolean;
      readonly label: string;
    }
  | {
      readonly type:
        | "ways"
        | "profiles"
        | "logout"
        | "close"
        | "back"
        | "new-profile"
        | "yes"
        | "acknowledge";
      readonly label: string;
    }
  | { readonly type: "use" | "forget"; readonly profile: string; readonly label: string };

/** What a provider's screen is about. */
export interface ScreenContext
  extends Pick<
    SignInProvider<BearerCredentials>,
    "title" | "signInTitle" | "methods" | "usageUrl" | "accountIdTitle"
  > {
  readonly planUse?: PlanUseWords;
  /** Whether the person sits at another computer (SSH). */
  readonly isRemote: boolean;
}

const WAYS: Readonly<Record<Exclude<LoginMethod, "auto">, string>> = {
  browser: "With the browser of this computer",
  device: "On another device, with a code",
  paste: "Anywhere, by pasting the address that the browser ends on",
};

/** The lines to choose from; none where the view has no menu. */
export function choicesOf(state: ScreenState, facts: ScreenContext): readonly Choice[] {
  const { view } = state;
  const { methods } = facts;
  switch (view.type) {
    case "menu":
      return menuChoices(state, facts);
    case "ways":
      return [...methods.map((method) => login(method, WAYS[method])), { type: "back", label: "Back" }];
    case "failed":
      return [
        login(view.method, "Try again", view.enablePlan),
        ...methods
          .filter((method) => method !== view.method)
          .map((method) => login(method, WAYS[method], view.enablePlan)),
        { type: "back", label: "Back" },
      ];
    case "profiles":
      return profileChoices(state);
    case "confirm":
      return confirmChoices(view);
    case "notice":
      return [{ type: "acknowledge", label: facts.planUse?.notice.dismiss ?? "" }];
    case "login":
    case "name":
    case "busy":
      return [];
  }
}

function login(method: LoginMethod, label: string, enablePlan = false): Choice {
  return { type: "login", method, enablePlan, label };
}

function menuChoices(state: ScreenState, { signInTitle, planUse }: ScreenContext): readonly Choice[] {
  const { profiles } = state;
  const close: Choice = { type: "close", label: "Back to the conversation" };
  // Nobody knows yet what there is to do.
  if (profiles === undefined) return [close];
  const account = shownProfile(state)?.account;
  const isSignedIn = account !== undefined;
  const count = profiles.length;
  const signIn = login("auto", isSignedIn ? "Sign in anew" : signInTitle);
  const isPlanOff = planUse !== undefined && account?.usesPlan === false;
  const enable = isPlanOff ? [login("auto", planUse.enable, true)] : [];
  const rest: readonly Choice[] = [
    { type: "ways", label: "Sign in another way" },
    { type: "profiles", label: count > 1 ? `Profiles (${count})` : "Profiles" },
  ];
  return isSignedIn
    ? [...enable, close, signIn, ...rest, { type: "logout", label: "Sign out" }]
    : [signIn, ...rest, close];
}

function profileChoices({ profiles = [] }: ScreenState): readonly Choice[] {
  return [
    ...profiles.map(({ name }): Choice => ({ type: "use", profile: name, label: name })),
    { type: "new-profile", label: "Add a profile" },
    ...profiles
      .filter(({ isDefault }) => !isDefault)
      .map(({ name }): Choice => ({ type: "forget", profile: name, label: `Remove ${name}` })),
    { type: "back", label: "Back" },
  ];
}

function confirmChoices({ what }: Extract<View, { type: "confirm" }>): readonly Choice[] {
  const yes = what === "logout" ? "Sign out" : "Sign out there and remove the profile";
  return [
    { type: "back", label: "No, leave it" },
    { type: "yes", label: yes },
  ];
}
