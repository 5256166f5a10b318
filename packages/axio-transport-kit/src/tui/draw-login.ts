import { CURSOR } from "axio/plugin";
import type { LoginProgress } from "axio-auth";
import { escapeLine, wrap } from "../cli/terminal-text.ts";
import { TUNNEL_NEEDED, tunnelCommand } from "../cli/tunnel.ts";
import type { ScreenContext } from "./choices.ts";
import type { Canvas } from "./draw-screen.ts";
import type { LoginView } from "./screen-state.ts";

/** Draws a sign-in that is under way. `pictureOf` gives the lines of a QR code, or none. */
export function drawLogin(
  { steps, text, canPaste, isCopied }: LoginView,
  { signInTitle, methods, isRemote }: ScreenContext,
  canvas: Canvas,
  pictureOf: (url: string) => readonly string[],
): readonly string[] {
  const { style } = canvas;
  const newest = steps.at(-1);
  if (newest === undefined) return [signInTitle, "", style.dim("One moment")];
  if (newest.type === "exchanging")
    return [
      signInTitle,
      "",
      style.dim(newest.method === "paste" ? "Trying what you pasted" : "Approved. Fetching the tokens"),
    ];
  const address = steps.findLast((step) => step.type === "authorize");
  // Where there is a code for other devices, nobody needs a tunnel.
  const needsTunnel = isRemote && !methods.includes("device");
  const code = steps.findLast((step) => step.type === "device-code");
  return [
    signInTitle,
    "",
    ...(address === undefined ? [] : drawAddress(address, isCopied, needsTunnel, canvas)),
    ...(code === undefined ? [] : drawCode(code, address !== undefined, canvas, pictureOf)),
    ...drawTroubles(steps, canvas),
    ...(canPaste && address !== undefined ? drawPaste(text, canvas) : []),
    style.dim("Waiting for you"),
  ];
}

function drawAddress(
  { url, opened, redirectUri }: Extract<LoginProgress, { type: "authorize" }>,
  isCopied: boolean,
  needsTunnel: boolean,
  { style, width }: Canvas,
): readonly string[] {
  const shown = escapeLine(url);
  const lines = shown.match(new RegExp(`.{1,${Math.max(1, width)}}`, "g")) ?? [];
  return [
    // Before the address: a browser that knows the person comes back at once.
    ...(needsTunnel
      ? [...wrap(TUNNEL_NEEDED, width - 2), "", style.cyan(tunnelCommand(redirectUri)), ""]
      : []),
    opened
      ? "Your browser shows the sign-in page now. If it does not, open this address:"
      : "Open this address in a browser, and sign in:",
    "",
    // Broken at the very edge, so that it can be copied as one.
    ...lines.map(style.cyan),
    style.dim(isCopied ? "(given to the clipboard)" : "(Ctrl-Y copies it)"),
    "",
  ];
}

function drawCode(
  { userCode, verificationUrl, expiresAt }: Extract<LoginProgress, { type: "device-code" }>,
  isAlternative: boolean,
  { style, width }: Canvas,
  pictureOf: (url: string) => readonly string[],
): readonly string[] {
  const end = new Date(expiresAt).toTimeString().slice(0, 5);
  return [
    isAlternative ? "Or, on any other device, open this page:" : "On any device, open this page:",
    "",
    `  ${style.bold(style.cyan(escapeLine(verificationUrl)))}`,
    "",
    ...pictureOf(verificationUrl),
    `and type in this code:  ${style.bold(escapeLine(userCode))}`,
    "",
    ...wrap(`The code holds until ${end}. Type in only a code that you asked for.`, width - 2).map(style.dim),
    "",
  ];
}

/** What went wrong on the way without ending the sign-in; of refused pastes, the newest alone. */
function drawTroubles(steps: readonly LoginProgress[], { style, width }: Canvas): readonly string[] {
  const newestPaste = steps.findLast((step) => step.type === "paste-refused");
  return steps.flatMap((step) => {
    if (!("error" in step) || (step.type === "paste-refused" && step !== newestPaste)) return [];
    return [...wrap(`! ${escapeLine(step.error.message)}`, width - 2).map(style.yellow), ""];
  });
}

function drawPaste(text: string, { style, width }: Canvas): readonly string[] {
  const tail = escapeLine(text).slice(-Math.max(1, width - 4));
  return [
    ...wrap(
      "Is the browser on another computer? It ends on a page that does not load: paste its address here, and press Enter.",
      width - 2,
    ).map(style.dim),
    `${style.cyan(style.unicode ? "›" : ">")} ${tail}${CURSOR}`,
    "",
  ];
}
