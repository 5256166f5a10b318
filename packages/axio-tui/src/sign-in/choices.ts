import type { LoginMethod } from "axio/plugin";
import {
  type LoginChoice,
  type ScreenState,
  type SignInContext,
  shownProfile,
  type View,
} from "./screen-state.ts";

/** A line of a menu. */
export type Choice =
  | (LoginChoice & { readonly type: "login"; readonly label: string })
  | {
      readonly type:
        | "methods"
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

const METHODS: Readonly<Record<LoginMethod, string>> = {
  browser: "With the browser of this computer",
  device: "On another device, with a code",
  paste: "Anywhere, by pasting the address that the browser ends on",
  "api-key": "With an API key",
  "from-env": "With the API key of the environment",
};

const BACK: Choice = { type: "back", label: "Back" };

/** Returns the lines of the menu of a view; none if it has no menu. */
export function choicesOf(state: ScreenState, context: SignInContext): readonly Choice[] {
  const { view } = state;
  const { methods, planUse } = context.signIn;
  switch (view.type) {
    case "menu":
      return menuChoices(state, context);
    case "methods":
      return [...methods.map((method) => login(METHODS[method], method)), BACK];
    case "failed":
      return [
        login("Try again", view.method, view.enablePlan),
        ...methods
          .filter((method) => method !== view.method)
          .map((method) => login(METHODS[method], method, view.enablePlan)),
        BACK,
      ];
    case "profiles":
      return profileChoices(state);
    case "confirm":
      return confirmChoices(view);
    case "notice":
      return [{ type: "acknowledge", label: planUse?.notice.dismissLabel ?? "OK" }];
    case "login":
    case "name":
    case "busy":
      return [];
  }
}

function login(label: string, method?: LoginMethod, enablePlan = false): Choice {
  return { type: "login", method, enablePlan, label };
}

function menuChoices(state: ScreenState, { signIn }: SignInContext): readonly Choice[] {
  const { profiles } = state;
  const { title, methods, planUse } = signIn;
  const close: Choice = { type: "close", label: "Back to the conversation" };
  if (profiles === undefined) return [close];
  const account = shownProfile(state)?.account;
  const isSignedIn = account !== undefined;
  const count = profiles.length;
  const isPlanOff = planUse !== undefined && account?.planUse?.isOn === false;
  const start = login(isSignedIn ? "Sign in again" : title);
  const more: readonly Choice[] = [
    ...(methods.length > 1 ? [{ type: "methods" as const, label: "Other ways to sign in" }] : []),
    { type: "profiles", label: count > 1 ? `Profiles (${count})` : "Profiles" },
  ];
  if (!isSignedIn) return [start, ...more, close];
  return [
    ...(isPlanOff ? [login(planUse.enableLabel, undefined, true)] : []),
    close,
    start,
    ...more,
    { type: "logout", label: "Sign out" },
  ];
}

function profileChoices({ profiles = [] }: ScreenState): readonly Choice[] {
  return [
    ...profiles.map(({ name }): Choice => ({ type: "use", profile: name, label: name })),
    { type: "new-profile", label: "Add a profile" },
    ...profiles
      .filter(({ isDefault }) => !isDefault)
      .map(({ name }): Choice => ({ type: "forget", profile: name, label: `Remove ${name}` })),
    BACK,
  ];
}

function confirmChoices({ action }: Extract<View, { type: "confirm" }>): readonly Choice[] {
  return [
    { type: "back", label: "No, keep it" },
    { type: "yes", label: action === "logout" ? "Sign out" : "Sign out there and remove the profile" },
  ];
}
