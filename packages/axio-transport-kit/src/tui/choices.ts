import type { LoginMethodName } from "../cli/program.ts";
import { type ScreenState, shownProfile, type View } from "./screen-state.ts";

/** What a line of a menu does. */
export type Choice =
  | { readonly type: "login"; readonly method: LoginMethodName; readonly label: string }
  | {
      readonly type: "ways" | "profiles" | "logout" | "close" | "back" | "new-profile" | "yes";
      readonly label: string;
    }
  | { readonly type: "use" | "forget"; readonly profile: string; readonly label: string };

/** What a provider's screen is about. */
export interface ScreenFacts {
  readonly title: string;
  readonly signInTitle: string;
  readonly methods: readonly Exclude<LoginMethodName, "auto">[];
}

const WAYS: Readonly<Record<Exclude<LoginMethodName, "auto">, string>> = {
  browser: "With the browser of this computer",
  device: "On another device, with a code",
  paste: "Anywhere, by pasting the address that the browser ends on",
};

/** The lines to choose from; none where the view has no menu. */
export function choicesOf(state: ScreenState, { methods, signInTitle }: ScreenFacts): readonly Choice[] {
  const { view } = state;
  switch (view.type) {
    case "menu":
      return menuChoices(state, signInTitle);
    case "ways":
      return [
        ...methods.map((method): Choice => ({ type: "login", method, label: WAYS[method] })),
        { type: "back", label: "Back" },
      ];
    case "failed":
      return [
        { type: "login", method: view.method, label: "Try again" },
        ...methods
          .filter((method) => method !== view.method)
          .map((method): Choice => ({ type: "login", method, label: WAYS[method] })),
        { type: "back", label: "Back" },
      ];
    case "profiles":
      return profileChoices(state);
    case "confirm":
      return confirmChoices(view);
    case "login":
    case "name":
    case "busy":
      return [];
  }
}

function menuChoices(state: ScreenState, signInTitle: string): readonly Choice[] {
  const { profiles } = state;
  const close: Choice = { type: "close", label: "Back to the conversation" };
  // Nobody knows yet what there is to do.
  if (profiles === undefined) return [close];
  const isSignedIn = shownProfile(state)?.account !== undefined;
  const count = profiles.length;
  const signIn: Choice = {
    type: "login",
    method: "auto",
    label: isSignedIn ? "Sign in anew" : signInTitle,
  };
  const rest: readonly Choice[] = [
    { type: "ways", label: "Sign in another way" },
    { type: "profiles", label: count > 1 ? `Profiles (${count})` : "Profiles" },
  ];
  return isSignedIn
    ? [close, signIn, ...rest, { type: "logout", label: "Sign out" }]
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
