import { CURSOR, type ProviderAccount } from "axio/plugin";
import {
  describePlan,
  drawLimits,
  drawQrCode,
  escapeLine,
  type Style,
  usageUrlOf,
  wrap,
} from "axio-cli/internal";
import { choicesOf } from "./choices.ts";
import { drawLogin } from "./draw-login.ts";
import { type Canvas, type ScreenState, type SignInContext, shownProfile } from "./screen-state.ts";

const MAX_PROSE_WIDTH = 100;

/** Draws the sign-in screen, one string per row. */
export function drawScreen(state: ScreenState, context: SignInContext, canvas: Canvas): readonly string[] {
  const { style, height } = canvas;
  const head = [style.bold(context.title) + style.dim(profileMark(state)), ""];
  const foot = drawFoot(state, context, canvas);
  const room = height - head.length - foot.length;
  return [...head, ...fitBody(room, state, context, canvas), ...foot];
}

/** On a low terminal, omits the QR code first, then empty rows, then the rows above the last two. */
function fitBody(
  room: number,
  state: ScreenState,
  context: SignInContext,
  canvas: Canvas,
): readonly string[] {
  const whole = drawBody(state, context, canvas, true);
  if (whole.length <= room) return whole;
  const plain = drawBody(state, context, canvas, false);
  if (plain.length <= room) return plain;
  const dense = plain.filter((row) => row !== "");
  let spare = room - dense.length;
  if (spare >= 0) return plain.filter((row) => row !== "" || spare-- > 0);
  return [...dense.slice(0, Math.max(0, room - 2)), ...dense.slice(-2)];
}

function drawBody(
  state: ScreenState,
  context: SignInContext,
  canvas: Canvas,
  withQrCode: boolean,
): readonly string[] {
  const { view } = state;
  const { style, width } = canvas;
  switch (view.type) {
    case "menu":
      return [...drawOverview(state, context, canvas), "", ...drawMessage(state, canvas)];
    case "methods":
      return [context.signIn.title, ""];
    case "login":
      return drawLogin(
        view,
        context,
        canvas,
        withQrCode ? (url) => drawQrCode(url, { isTerminal: true, width, style }) : () => [],
      );
    case "failed": {
      const [first = "", ...more] = prose(view.error.message, canvas);
      return [style.red(`${style.unicode ? "✗" : "x"} ${first}`), ...more.map((row) => `  ${row}`), ""];
    }
    case "notice":
      return drawNotice(context, canvas);
    case "profiles":
      return ["Profiles are sign-ins side by side, under names that you choose. Choose the one to use.", ""];
    case "name":
      return [
        "A name for the new profile, such as work:",
        "",
        `${style.cyan(style.unicode ? "›" : ">")} ${view.text}${CURSOR}`,
        "",
        ...(view.problem === undefined ? [] : [style.red(view.problem), ""]),
      ];
    case "confirm":
      return [
        ...prose(
          view.action === "logout"
            ? `Sign out of the profile ${view.profile}? ${logoutEffect(context)}`
            : `Remove the profile ${view.profile}? Its account is signed out.`,
          canvas,
        ),
        "",
      ];
    case "busy":
      return [style.dim(`${view.text}${style.unicode ? "…" : "..."}`), ""];
  }
}

function logoutEffect({ signIn: { methods } }: SignInContext): string {
  return methods.includes("api-key")
    ? "Its API key is deleted here."
    : "Its tokens are revoked, and deleted here.";
}

function drawNotice({ signIn: { planUse }, usageUrl }: SignInContext, canvas: Canvas): readonly string[] {
  if (planUse === undefined) return [];
  const { style } = canvas;
  const { title, text } = planUse.notice;
  return [
    style.bold(title),
    "",
    ...prose(text, canvas),
    ...(usageUrl === undefined ? [] : ["", `Manage usage: ${style.cyan(usageUrl)}`]),
    "",
  ];
}

function profileMark(state: ScreenState): string {
  const name = shownProfile(state)?.name ?? state.profile;
  return name === undefined || ((state.profiles?.length ?? 0) < 2 && name === "default")
    ? ""
    : `  ${escapeLine(name)}`;
}

function drawOverview(state: ScreenState, context: SignInContext, canvas: Canvas): readonly string[] {
  const { style, width } = canvas;
  const shown = shownProfile(state);
  if (state.profiles === undefined) return [style.dim("Reading the sign-in")];
  if (shown?.error !== undefined)
    return wrap(escapeLine(shown.error.message), width - 2).map((row) => style.red(row));
  const account = shown?.account;
  if (shown === undefined || account === undefined) return ["You are not signed in."];
  const rows = [
    ["Account", account.label],
    ["Plan", describePlan(account.plan)],
    ...(account.details ?? []).map(({ title, value }) => [title, value]),
    ["Stored in", shown.location],
  ].filter(([, value]) => value !== "");
  const titleWidth = Math.max(...rows.map(([title = ""]) => title.length)) + 2;
  return [
    ...rows.map(([title = "", value = ""]) => `${style.dim(title.padEnd(titleWidth))}${escapeLine(value)}`),
    ...(account.notes ?? []).flatMap((note) => ["", ...prose(note, canvas)]),
    ...drawUsage(state, canvas),
    ...drawPlanUse(account, context, canvas),
  ];
}

function drawPlanUse(account: ProviderAccount, context: SignInContext, canvas: Canvas): readonly string[] {
  const { style } = canvas;
  const { planUse } = account;
  const { signIn } = context;
  const usageUrl = usageUrlOf(context, account);
  if (planUse?.isOn === false)
    return ["", style.yellow(planUse.label), ...prose(signIn.planUse?.offExplanation ?? "", canvas)];
  const rows = [
    ...(planUse === undefined ? [] : [style.green(planUse.label)]),
    ...(usageUrl === undefined ? [] : [`Manage usage: ${style.cyan(usageUrl)}`]),
  ];
  return rows.length === 0 ? [] : ["", ...rows];
}

function drawUsage({ usage }: ScreenState, { style, width, now }: Canvas): readonly string[] {
  switch (usage.type) {
    case "none":
      return [];
    case "loading":
      return ["", style.dim("Loading the rate limits")];
    case "failed":
      return [
        "",
        ...wrap(escapeLine(`The rate limits are unknown: ${usage.error.message}`), width - 2).map(
          style.yellow,
        ),
      ];
    case "known":
      return ["", ...drawLimits(usage.limits, { style, width, now })];
  }
}

function drawMessage({ message }: ScreenState, { style, width }: Canvas): readonly string[] {
  if (message === undefined) return [];
  const rows = wrap(escapeLine(message.text), width - 6);
  if (message.kind === "note") return [...rows, ""];
  const sign =
    message.kind === "done"
      ? style.green(style.unicode ? "✓" : "ok:")
      : style.red(style.unicode ? "✗" : "error:");
  return [
    ...rows.map((row, index) => (index === 0 ? `${sign} ${row}` : `  ${row}`)),
    "",
    ...(message.warnings ?? []).flatMap((warning) => [
      ...wrap(`! ${escapeLine(warning)}`, width - 2).map(style.yellow),
      "",
    ]),
  ];
}

/** Draws the menu and the keys. */
function drawFoot(state: ScreenState, context: SignInContext, { style }: Canvas): readonly string[] {
  const { view } = state;
  const choices = choicesOf(state, context);
  const hint = (text: string): readonly string[] => [
    style.dim(style.unicode ? text : text.replace("↑↓", "Up/Down").replaceAll(" · ", ", ")),
  ];
  if (view.type === "busy") return [];
  if (view.type === "name") return hint("Enter sign in there · Esc back");
  if (view.type === "login") return hint("Esc stop");
  const selected = view.selected % Math.max(1, choices.length);
  const rows = choices.map((choice, index) => {
    const mark = index === selected ? `${style.unicode ? "›" : ">"} ` : "  ";
    const label =
      choice.type === "use" ? profileLabel(choice.profile, state, style) : escapeLine(choice.label);
    return index === selected ? style.cyan(mark + CURSOR + label) : mark + label;
  });
  return [...rows, "", ...hint(`↑↓ move · Enter select · Esc ${view.type === "menu" ? "leave" : "back"}`)];
}

function profileLabel(name: string, { profiles = [] }: ScreenState, style: Style): string {
  const profile = profiles.find((candidate) => candidate.name === name);
  const account =
    profile?.error !== undefined ? "cannot be read" : (profile?.account?.label ?? "not signed in");
  const isDefault = profile?.isDefault ? ", in use" : "";
  return `${escapeLine(name)}  ${style.dim(escapeLine(account) + isDefault)}`;
}

function prose(text: string, { width }: Canvas): readonly string[] {
  return wrap(escapeLine(text), Math.min(width, MAX_PROSE_WIDTH) - 2);
}
