import { isProfileName } from "axio-auth";
import { type Choice, choicesOf, type ScreenContext } from "./choices.ts";
import {
  type LoginView,
  type ScreenEffect,
  type ScreenEvent,
  type ScreenKey,
  type ScreenState,
  type Step,
  shownProfile,
  type View,
} from "./screen-state.ts";

const MENU: View = { type: "menu", selected: 0 };
/** What stands after what was pasted, where a terminal does not mark pastes. */
const LINE_END = /[\r\n]+$/;

/** The state to begin with, and what is to be done first. */
export function beginScreen(start: "overview" | "login", profile: string | undefined): Step {
  const state: ScreenState = {
    ...(profile === undefined ? {} : { profile }),
    hasChosen: false,
    hasShownNotice: false,
    changed: false,
    usage: { type: "none" },
    view: MENU,
    attempt: 0,
  };
  const load: ScreenEffect = { type: "load" };
  if (start === "overview") return { state, effects: [load] };
  const login = beginLogin(state, "auto", false);
  return { state: login.state, effects: [load, ...login.effects] };
}

/** What an event changes, and what is to be done. */
export function reduceScreen(state: ScreenState, event: ScreenEvent, facts: ScreenContext): Step {
  switch (event.type) {
    case "key":
      return takeKey(state, event.key, facts);
    case "profiles":
      return showProfiles({ ...state, profiles: event.profiles });
    case "acknowledged":
      return showProfiles({ ...state, profiles: event.profiles, view: MENU });
    case "usage":
      return shownProfile(state)?.name === event.profile
        ? only({ ...state, usage: event.usage })
        : only(state);
    case "progress":
      return changeLogin(state, event.attempt, (view) => ({ ...view, steps: [...view.steps, event.step] }));
    case "paste-wanted":
      return changeLogin(state, event.attempt, (view) => ({ ...view, canPaste: true }));
    case "signed-in":
      if (event.attempt !== state.attempt || state.view.type !== "login") return only(state);
      return {
        state: { ...tell(readAnew(state), `Signed in as ${event.who}.`), changed: true, view: MENU },
        effects: [{ type: "load" }],
      };
    case "sign-in-failed":
      if (event.attempt !== state.attempt || state.view.type !== "login") return only(state);
      return only({
        ...state,
        view: {
          type: "failed",
          error: event.error,
          method: state.view.method,
          enablePlan: state.view.enablePlan,
          selected: 0,
        },
      });
    case "done":
      return {
        state: { ...tell(readAnew(state), event.text), changed: true, view: MENU },
        effects: [{ type: "load" }],
      };
    case "failed":
      return {
        state: { ...state, view: MENU, message: { kind: "failure", text: event.error.message } },
        effects: state.profiles === undefined ? [] : [{ type: "load" }],
      };
  }
}

function takeKey(state: ScreenState, key: ScreenKey, facts: ScreenContext): Step {
  const { view } = state;
  if (view.type === "login") return takeLoginKey(state, view, key);
  if (view.type === "name") return takeNameKey(state, view, key);
  if (view.type === "busy") return only(state);
  const choices = choicesOf(state, facts);
  switch (key.type) {
    case "up":
      return only({
        ...state,
        view: { ...view, selected: (view.selected + choices.length - 1) % choices.length },
      });
    case "down":
      return only({ ...state, view: { ...view, selected: (view.selected + 1) % choices.length } });
    case "escape":
      return view.type === "menu" ? { state, effects: [{ type: "close" }] } : back(state);
    case "enter": {
      const choice = choices[view.selected];
      return choice === undefined ? only(state) : choose(withoutMessage(state), choice);
    }
    default:
      return only(state);
  }
}

function choose(state: ScreenState, choice: Choice): Step {
  const shown = shownProfile(state)?.name ?? state.profile;
  switch (choice.type) {
    case "login":
      return beginLogin(state, choice.method, choice.enablePlan);
    case "ways":
    case "profiles":
      return only({ ...state, view: { type: choice.type, selected: 0 } });
    case "new-profile":
      return only({ ...state, view: { type: "name", text: "" } });
    case "logout":
      return shown === undefined
        ? only(state)
        : only({ ...state, view: { type: "confirm", what: "logout", profile: shown, selected: 0 } });
    case "forget":
      return only({
        ...state,
        view: { type: "confirm", what: "forget", profile: choice.profile, selected: 0 },
      });
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

function confirmed(state: ScreenState): Step {
  const { view } = state;
  if (view.type !== "confirm") return only(state);
  const { what, profile } = view;
  // The profile that is shown may be the one that goes.
  const { profile: shown, ...rest } = state;
  const kept = what === "forget" && shown === profile ? rest : state;
  return busy(kept, what, profile, "Signing out");
}

function takeLoginKey(state: ScreenState, view: LoginView, key: ScreenKey): Step {
  const edit = (text: string): Step => only({ ...state, view: { ...view, text } });
  switch (key.type) {
    case "escape":
      return {
        state: { ...tell(state, "The sign-in was stopped.", "note"), view: MENU, attempt: state.attempt + 1 },
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
      if (!view.canPaste) return only(state);
      const typed = view.text + key.text;
      return LINE_END.test(typed) ? hand(state, view, typed.replace(LINE_END, "")) : edit(typed);
    }
    case "enter":
      return hand(state, view, view.text);
    default:
      return only(state);
  }
}

/** Gives what was pasted to the sign-in. */
function hand(state: ScreenState, view: LoginView, text: string): Step {
  if (!view.canPaste || text.trim() === "") return only(state);
  return {
    state: { ...state, view: { ...view, text: "", canPaste: false } },
    effects: [{ type: "paste", text: text.trim() }],
  };
}

function takeNameKey(state: ScreenState, view: Extract<View, { type: "name" }>, key: ScreenKey): Step {
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
      return beginLogin({ ...state, profile: view.text, hasChosen: true }, "auto", false);
    }
    default:
      return only(state);
  }
}

function nameProblem(name: string, { profiles = [] }: ScreenState): string | undefined {
  if (profiles.some((profile) => profile.name === name)) return "There is a profile of this name already.";
  return isProfileName(name) ? undefined : "Use letters, digits, dots, dashes and underscores.";
}

function beginLogin(state: ScreenState, method: LoginView["method"], enablePlan: boolean): Step {
  const attempt = state.attempt + 1;
  const view: LoginView = {
    type: "login",
    method,
    enablePlan,
    steps: [],
    text: "",
    canPaste: false,
    isCopied: false,
  };
  return {
    state: { ...withoutMessage(state), attempt, view },
    effects: [{ type: "login", attempt, method, enablePlan, profile: state.profile }],
  };
}

function changeLogin(state: ScreenState, attempt: number, change: (view: LoginView) => LoginView): Step {
  const { view } = state;
  return only(attempt === state.attempt && view.type === "login" ? { ...state, view: change(view) } : state);
}

/** Whose usage is asked for is known only now. */
function showProfiles(state: ScreenState): Step {
  const shown = shownProfile(state);
  // A profile whose sign-in was stopped before it was there.
  const { profile: _gone, ...rest } = state;
  const isGone = shown === undefined && state.view.type !== "login";
  const next = isGone ? { ...rest, hasChosen: false } : state;
  const account = shownProfile(next);
  if (account?.account === undefined) return only({ ...next, usage: { type: "none" } });
  const tells =
    account.account.isPlanNoticeDue === true && !state.hasShownNotice && state.view.type === "menu";
  return {
    state: {
      ...next,
      usage: { type: "loading" },
      ...(tells ? { hasShownNotice: true, view: { type: "notice", selected: 0 } } : {}),
    },
    effects: [{ type: "usage", profile: account.name }],
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
  const isBelowProfiles = view.type === "name" || (view.type === "confirm" && view.what === "forget");
  return only({ ...state, view: isBelowProfiles ? { type: "profiles", selected: 0 } : MENU });
}

function only(state: ScreenState): Step {
  return { state, effects: [] };
}

function tell(state: ScreenState, text: string, kind: "done" | "note" = "done"): ScreenState {
  return { ...state, message: { kind, text } };
}

/** What was read of the sign-ins holds no longer. */
function readAnew({ profiles: _old, ...state }: ScreenState): ScreenState {
  return { ...state, usage: { type: "none" } };
}

function withoutMessage({ message: _message, ...state }: ScreenState): ScreenState {
  return state;
}
