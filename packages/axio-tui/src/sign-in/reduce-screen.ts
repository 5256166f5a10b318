import type { Profile, SignedInProfile } from "axio/plugin";
import { signedInAs } from "axio-cli/internal";
import { type Choice, choicesOf } from "./choices.ts";
import {
  type LoginChoice,
  type LoginView,
  type ScreenEffect,
  type ScreenEvent,
  type ScreenKey,
  type ScreenState,
  type SignInContext,
  type Step,
  shownProfile,
  type View,
} from "./screen-state.ts";

const MENU: View = { type: "menu", selected: 0 };
const ALL_METHODS: LoginChoice = { method: undefined, enablePlan: false };
/** The end of pasted text in a terminal that does not mark pastes. */
const LINE_END = /[\r\n]+$/;
const PROFILE_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** Returns the first state, and the effects to run. */
export function beginScreen(start: "overview" | "login", profile: string | undefined): Step {
  const state: ScreenState = {
    profile,
    hasChosen: false,
    hasShownNotice: false,
    changed: false,
    usage: { type: "none" },
    view: MENU,
    attempt: 0,
  };
  const load: ScreenEffect = { type: "load" };
  if (start === "overview") return { state, effects: [load] };
  const login = beginLogin(state, ALL_METHODS);
  return { state: login.state, effects: [load, ...login.effects] };
}

/** Returns the state after an event, and the effects to run. */
export function reduceScreen(state: ScreenState, event: ScreenEvent, context: SignInContext): Step {
  switch (event.type) {
    case "key":
      return handleKey(state, event.key, context);
    case "profiles":
      return showProfiles(state, event.profiles);
    case "acknowledged":
      return showProfiles({ ...state, view: MENU }, event.profiles);
    case "usage":
      return shownProfile(state)?.name === event.profile
        ? only({ ...state, usage: event.usage })
        : only(state);
    case "progress":
      return changeLogin(state, event.attempt, (view) => ({ ...view, steps: [...view.steps, event.step] }));
    case "prompt":
      return changeLogin(state, event.attempt, (view) => ({ ...view, prompt: event.prompt }));
    case "signed-in":
      if (event.attempt !== state.attempt || state.view.type !== "login") return only(state);
      return signedIn(state, state.view, event.profile);
    case "sign-in-failed": {
      const { view } = state;
      if (event.attempt !== state.attempt || view.type !== "login") return only(state);
      const { method, enablePlan } = view;
      return only({
        ...state,
        view: { type: "failed", error: event.error, method, enablePlan, selected: 0 },
      });
    }
    case "done":
      return changed(state, event.text);
    case "failed":
      return {
        state: { ...state, view: MENU, message: { kind: "failure", text: event.error.message } },
        effects: state.profiles === undefined ? [] : [{ type: "load" }],
      };
  }
}

function handleKey(state: ScreenState, key: ScreenKey, context: SignInContext): Step {
  const { view } = state;
  if (view.type === "login") return handleLoginKey(state, view, key);
  if (view.type === "name") return handleNameKey(state, view, key);
  if (view.type === "busy") return only(state);
  const choices = choicesOf(state, context);
  const select = (selected: number): Step =>
    only({ ...state, view: { ...view, selected: selected % choices.length } });
  switch (key.type) {
    case "up":
      return select(view.selected + choices.length - 1);
    case "down":
      return select(view.selected + 1);
    case "escape":
      return view.type === "menu" ? { state, effects: [{ type: "close" }] } : back(state);
    case "enter": {
      const choice = choices[view.selected];
      return choice === undefined ? only(state) : choose({ ...state, message: undefined }, choice);
    }
    default:
      return only(state);
  }
}

function choose(state: ScreenState, choice: Choice): Step {
  const shown = shownProfile(state)?.name ?? state.profile;
  switch (choice.type) {
    case "login":
      return beginLogin(state, choice);
    case "methods":
    case "profiles":
      return only({ ...state, view: { type: choice.type, selected: 0 } });
    case "new-profile":
      return only({ ...state, view: { type: "name", text: "" } });
    case "logout":
      return shown === undefined ? only(state) : confirm(state, "logout", shown);
    case "forget":
      return confirm(state, "forget", choice.profile);
    case "use":
      return busy(
        { ...state, profile: choice.profile, hasChosen: true },
        "use",
        choice.profile,
        "One moment",
      );
    case "acknowledge":
      return shown === undefined ? only(state) : busy(state, "acknowledge", shown, "One moment");
    case "yes":
      return confirmed(state);
    case "back":
      return back(state);
    case "close":
      return { state, effects: [{ type: "close" }] };
  }
}

function confirm(state: ScreenState, action: "logout" | "forget", profile: string): Step {
  return only({ ...state, view: { type: "confirm", action, profile, selected: 0 } });
}

function confirmed(state: ScreenState): Step {
  const { view } = state;
  if (view.type !== "confirm") return only(state);
  const { action, profile } = view;
  const removesShown = action === "forget" && state.profile === profile;
  const next = removesShown ? { ...state, profile: undefined } : state;
  return busy(next, action, profile, "Signing out");
}

function handleLoginKey(state: ScreenState, view: LoginView, key: ScreenKey): Step {
  const edit = (text: string): Step => only({ ...state, view: { ...view, text } });
  switch (key.type) {
    case "escape":
      return {
        state: {
          ...state,
          message: { kind: "note", text: "The sign-in was stopped." },
          view: MENU,
          attempt: state.attempt + 1,
        },
        effects: [{ type: "stop-login" }],
      };
    case "copy": {
      const url = view.steps.find((step) => step.type === "authorize")?.url;
      return url === undefined
        ? only(state)
        : { state: { ...state, view: { ...view, isCopied: true } }, effects: [{ type: "copy", text: url }] };
    }
    case "backspace":
      return edit(view.text.slice(0, -1));
    case "text": {
      if (view.prompt === undefined) return only(state);
      const typed = view.text + key.text;
      return LINE_END.test(typed) ? submit(state, view, typed.replace(LINE_END, "")) : edit(typed);
    }
    case "enter":
      return submit(state, view, view.text);
    default:
      return only(state);
  }
}

function submit(state: ScreenState, view: LoginView, text: string): Step {
  if (view.prompt === undefined) return only(state);
  const mayBeEmpty = view.prompt.type !== "paste" && view.prompt.isOptional;
  if (text.trim() === "" && !mayBeEmpty) return only(state);
  return {
    state: { ...state, view: { ...view, text: "", prompt: undefined } },
    effects: [{ type: "answer-prompt", text: text.trim() }],
  };
}

function handleNameKey(state: ScreenState, view: Extract<View, { type: "name" }>, key: ScreenKey): Step {
  switch (key.type) {
    case "escape":
      return back(state);
    case "backspace":
      return only({ ...state, view: { type: "name", text: view.text.slice(0, -1) } });
    case "text":
      return only({
        ...state,
        view: { type: "name", text: (view.text + key.text.replaceAll(/[\r\n]/g, "")).slice(0, 64) },
      });
    case "enter": {
      const problem = nameProblem(view.text, state);
      if (problem !== undefined) return only({ ...state, view: { ...view, problem } });
      return beginLogin({ ...state, profile: view.text, hasChosen: true }, ALL_METHODS);
    }
    default:
      return only(state);
  }
}

function nameProblem(name: string, { profiles = [] }: ScreenState): string | undefined {
  if (profiles.some((profile) => profile.name === name)) return "A profile with this name exists already.";
  return PROFILE_NAME.test(name) ? undefined : "Use letters, digits, dots, dashes and underscores.";
}

function beginLogin(state: ScreenState, { method, enablePlan }: LoginChoice): Step {
  const attempt = state.attempt + 1;
  return {
    state: {
      ...state,
      message: undefined,
      attempt,
      view: { type: "login", method, enablePlan, steps: [], text: "", isCopied: false },
    },
    effects: [{ type: "login", attempt, method, enablePlan, profile: state.profile }],
  };
}

/** Shows the profile that was signed in to, which may have been chosen during the sign-in. */
function signedIn(
  state: ScreenState,
  { steps }: LoginView,
  { name, isDefault, account }: SignedInProfile,
): Step {
  const isChosen = name !== state.profile && !(isDefault && state.profile === undefined);
  const next = isChosen ? { ...state, profile: name, hasChosen: true } : state;
  const warnings = steps.flatMap((step) => (step.type === "warning" ? [step.error.message] : []));
  return changed(next, `${signedInAs(account)}.`, warnings);
}

function changeLogin(state: ScreenState, attempt: number, change: (view: LoginView) => LoginView): Step {
  const { view } = state;
  return only(attempt === state.attempt && view.type === "login" ? { ...state, view: change(view) } : state);
}

/** Shows the menu after a change. The profiles are read again. */
function changed(state: ScreenState, text: string, warnings: readonly string[] = []): Step {
  return {
    state: {
      ...state,
      profiles: undefined,
      usage: { type: "none" },
      message: { kind: "done", text, warnings },
      changed: true,
      view: MENU,
    },
    effects: [{ type: "load" }],
  };
}

/** Shows the profiles, and asks for the rate limits of the shown one. */
function showProfiles(state: ScreenState, profiles: readonly Profile[]): Step {
  const loaded = { ...state, profiles };
  // The shown profile may not exist, because its first sign-in was stopped.
  const isMissing = shownProfile(loaded) === undefined && state.view.type !== "login";
  const next = isMissing ? { ...loaded, profile: undefined, hasChosen: false } : loaded;
  const shown = shownProfile(next);
  if (shown?.account === undefined) return only({ ...next, usage: { type: "none" } });
  const showsNotice =
    shown.account.planUse?.isNoticeDue === true && !state.hasShownNotice && state.view.type === "menu";
  return {
    state: {
      ...next,
      usage: { type: "loading" },
      ...(showsNotice ? { hasShownNotice: true, view: { type: "notice" as const, selected: 0 } } : {}),
    },
    effects: [{ type: "usage", profile: shown.name }],
  };
}

function busy(
  state: ScreenState,
  effect: "logout" | "use" | "forget" | "acknowledge",
  profile: string,
  text: string,
): Step {
  return { state: { ...state, view: { type: "busy", text } }, effects: [{ type: effect, profile }] };
}

function back(state: ScreenState): Step {
  const { view } = state;
  const isBelowProfiles = view.type === "name" || (view.type === "confirm" && view.action === "forget");
  return only({ ...state, view: isBelowProfiles ? { type: "profiles", selected: 0 } : MENU });
}

function only(state: ScreenState): Step {
  return { state, effects: [] };
}
