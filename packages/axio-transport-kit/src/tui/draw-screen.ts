import { CURSOR } from "axio/plugin";
import { describePlan } from "../cli/account-text.ts";
import { drawLimits } from "../cli/bars.ts";
import type { AccountInfo } from "../cli/program.ts";
import { drawQrCode } from "../cli/qr.ts";
import type { Style } from "../cli/style.ts";
import { escapeLine, wrap } from "../cli/terminal-text.ts";
import { choicesOf, type ScreenContext } from "./choices.ts";
import { drawLogin } from "./draw-login.ts";
import { type ScreenState, shownProfile } from "./screen-state.ts";

/** What a settings screen is drawn on. */
export interface Canvas {
  readonly style: Style;
  readonly width: number;
  readonly height: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Draws a settings screen, a text for each line. */
export function drawScreen(state: ScreenState, facts: ScreenContext, canvas: Canvas): readonly string[] {
  const { style, height } = canvas;
  const head = [style.bold(facts.title) + style.dim(profileMark(state)), ""];
  const foot = footOf(state, facts, canvas);
  const room = height - head.length - foot.length;
  return [...head, ...fitting(room, state, facts, canvas), ...foot];
}

/** Where there is little room, the picture of the address goes first, then empty lines, then what is above the last two. */
function fitting(room: number, state: ScreenState, facts: ScreenContext, canvas: Canvas): readonly string[] {
  const whole = body(state, facts, canvas, true);
  if (whole.length <= room) return whole;
  const plain = body(state, facts, canvas, false);
  if (plain.length <= room) return plain;
  const dense = plain.filter((line) => line !== "");
  let spare = room - dense.length;
  if (spare >= 0) return plain.filter((line) => line !== "" || spare-- > 0);
  return [...dense.slice(0, Math.max(0, room - 2)), ...dense.slice(-2)];
}

function body(
  state: ScreenState,
  facts: ScreenContext,
  canvas: Canvas,
  withPicture: boolean,
): readonly string[] {
  const { view } = state;
  const { style, width } = canvas;
  const prose = (text: string): readonly string[] => wrap(escapeLine(text), Math.min(width, 100) - 2);
  switch (view.type) {
    case "menu":
      return [...overview(state, facts, canvas), "", ...messageOf(state, canvas)];
    case "ways":
      return [facts.signInTitle, ""];
    case "login":
      return drawLogin(
        view,
        facts,
        canvas,
        withPicture ? (url) => drawQrCode(url, { isTerminal: true, width, style }) : () => [],
      );
    case "failed": {
      const [first = "", ...more] = prose(view.error.message);
      return [style.red(`${style.unicode ? "✗" : "x"} ${first}`), ...more.map((line) => `  ${line}`), ""];
    }
    case "notice":
      return drawNotice(facts, canvas);
    case "profiles":
      return ["Sign-ins side by side, each under a name of yours. Choose the one to use.", ""];
    case "name":
      return [
        "A name for the new profile, such as work:",
        "",
        `${style.cyan(style.unicode ? "›" : ">")} ${view.text}${CURSOR}`,
        "",
        ...(view.problem === undefined ? [] : [style.red(view.problem), ""]),
      ];
    case "confirm":
      return view.what === "logout"
        ? [
            ...prose(
              `Sign out of the profile ${view.profile}? Its tokens are deleted here, and made worthless at the server.`,
            ),
            "",
          ]
        : [...prose(`Remove the profile ${view.profile}? Whoever is signed in there is signed out.`), ""];
    case "busy":
      return [style.dim(`${view.text}${style.unicode ? "…" : "..."}`), ""];
  }
}

function drawNotice({ planUse, usageUrl }: ScreenContext, { style, width }: Canvas): readonly string[] {
  if (planUse === undefined) return [];
  const { title, text } = planUse.notice;
  return [
    style.bold(title),
    "",
    ...wrap(escapeLine(text), Math.min(width, 100) - 2),
    ...(usageUrl === undefined ? [] : ["", `Manage usage: ${style.cyan(usageUrl)}`]),
    "",
  ];
}

function profileMark(state: ScreenState): string {
  const shown = shownProfile(state);
  const name = shown?.name ?? state.profile;
  return name === undefined || ((state.profiles?.length ?? 0) < 2 && name === "default")
    ? ""
    : `  ${escapeLine(name)}`;
}

function overview(state: ScreenState, facts: ScreenContext, canvas: Canvas): readonly string[] {
  const { style, width } = canvas;
  const shown = shownProfile(state);
  if (state.profiles === undefined) return [style.dim("Reading the sign-in")];
  if (shown?.error !== undefined)
    return wrap(escapeLine(shown.error.message), width - 2).map((line) => style.red(line));
  const account = shown?.account;
  if (shown === undefined || account === undefined) return ["Nobody is signed in."];
  const rows: readonly (readonly [string, string])[] = [
    ["Account", account.email ?? account.accountId],
    ["Plan", describePlan(account.plan)],
    [facts.accountIdTitle ?? "Workspace", account.email === undefined ? "" : account.accountId],
    ["Kept in", shown.place],
  ];
  return [
    ...rows
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `${style.dim(name.padEnd(11))}${escapeLine(value)}`),
    ...(account.notes ?? []).flatMap((note) => ["", ...wrap(escapeLine(note), Math.min(width, 100) - 2)]),
    ...usageOf(state, canvas),
    ...planUseOf(account, facts, canvas),
  ];
}

/** Whether the plan is used, and where that is managed. */
function planUseOf(
  { usesPlan }: AccountInfo,
  { planUse, usageUrl }: ScreenContext,
  { style, width }: Canvas,
): readonly string[] {
  if (usesPlan === false && planUse !== undefined)
    return ["", style.yellow(planUse.off), ...wrap(escapeLine(planUse.offMeaning), Math.min(width, 100) - 2)];
  const inUse = usesPlan === true && planUse !== undefined ? [style.green(planUse.on)] : [];
  const manage = usageUrl === undefined ? [] : [`Manage usage: ${style.cyan(usageUrl)}`];
  return inUse.length + manage.length === 0 ? [] : ["", ...inUse, ...manage];
}

function usageOf({ usage }: ScreenState, { style, width, now }: Canvas): readonly string[] {
  switch (usage.type) {
    case "none":
      return [];
    case "loading":
      return ["", style.dim("Asking what is left of the plan")];
    case "failed":
      return [
        "",
        ...wrap(escapeLine(`What is left of the plan is not known: ${usage.error.message}`), width - 2).map(
          style.yellow,
        ),
      ];
    case "known":
      return ["", ...drawLimits(usage.limits, { style, width, now })];
  }
}

function messageOf({ message }: ScreenState, { style, width }: Canvas): readonly string[] {
  if (message === undefined) return [];
  const lines = wrap(escapeLine(message.text), width - 6);
  if (message.kind === "note") return [...lines, ""];
  const sign =
    message.kind === "done"
      ? style.green(style.unicode ? "✓" : "ok:")
      : style.red(style.unicode ? "✗" : "error:");
  return [...lines.map((line, index) => (index === 0 ? `${sign} ${line}` : `  ${line}`)), ""];
}

/** The menu, and what the keys do. */
function footOf(state: ScreenState, facts: ScreenContext, { style }: Canvas): readonly string[] {
  const { view } = state;
  const choices = choicesOf(state, facts);
  const hint = (text: string): readonly string[] => [
    style.dim(style.unicode ? text : text.replace("↑↓", "Up/Down").replaceAll(" · ", ", ")),
  ];
  if (view.type === "busy") return [];
  if (view.type === "name") return hint("Enter sign in there · Esc back");
  if (view.type === "login") return hint("Esc stop");
  const selected = view.selected % Math.max(1, choices.length);
  const lines = choices.map((choice, index) => {
    const mark = index === selected ? `${style.unicode ? "›" : ">"} ` : "  ";
    const label =
      choice.type === "use" ? profileLabel(choice.profile, state, style) : escapeLine(choice.label);
    return index === selected ? style.cyan(mark + CURSOR + label) : mark + label;
  });
  return [...lines, "", ...hint(`↑↓ choose · Enter take · Esc ${view.type === "menu" ? "leave" : "back"}`)];
}

function profileLabel(name: string, { profiles = [] }: ScreenState, style: Style): string {
  const found = profiles.find((profile) => profile.name === name);
  const who =
    found?.error !== undefined
      ? "cannot be read"
      : (found?.account?.email ?? found?.account?.accountId ?? "nobody is signed in");
  const isDefault = found?.isDefault ? `, used now` : "";
  return `${escapeLine(name)}  ${style.dim(escapeLine(who) + isDefault)}`;
}
