import { CURSOR, type LoginProgress } from "axio/plugin";
import { escapeLine, TUNNEL_NEEDED, tunnelCommand, wrap } from "axio-cli/internal";
import type { Canvas, LoginPrompt, LoginView, SignInContext } from "./screen-state.ts";

/** Draws a sign-in in progress. `drawQrCode` returns the lines of a QR code, or none. */
export function drawLogin(
  { steps, text, prompt, isCopied }: LoginView,
  { signIn: { title, methods }, isRemote }: SignInContext,
  canvas: Canvas,
  drawQrCode: (url: string) => readonly string[],
): readonly string[] {
  const { style } = canvas;
  const newest = steps.at(-1);
  if (newest === undefined && prompt === undefined) return [title, "", style.dim("One moment")];
  if (newest?.type === "exchanging")
    return [
      title,
      "",
      style.dim(
        newest.method === "browser" || newest.method === "device"
          ? "Approved. Fetching the tokens"
          : "Checking your input",
      ),
    ];
  const address = steps.findLast((step) => step.type === "authorize");
  // A device code needs no tunnel.
  const needsTunnel = isRemote && !methods.includes("device");
  const code = steps.findLast((step) => step.type === "device-code");
  return [
    title,
    "",
    ...(address === undefined ? [] : drawAddress(address, isCopied, needsTunnel, canvas)),
    ...(code === undefined ? [] : drawCode(code, address !== undefined, canvas, drawQrCode)),
    ...drawProblems(steps, canvas),
    ...(prompt === undefined ? [] : drawPrompt(prompt, text, canvas)),
    ...(prompt === undefined || prompt.type === "paste" ? [style.dim("Waiting for the sign-in")] : []),
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
    // Before the address: a browser with a session returns at once.
    ...(needsTunnel
      ? [...wrap(TUNNEL_NEEDED, width - 2), "", style.cyan(tunnelCommand(redirectUri)), ""]
      : []),
    opened
      ? "Your browser shows the sign-in page now. If it does not, open this address:"
      : "Open this address in a browser, and sign in:",
    "",
    // Broken at the edge of the terminal, so that it can be copied as one.
    ...lines.map(style.cyan),
    style.dim(isCopied ? "(copied)" : "(Ctrl-Y copies it)"),
    "",
  ];
}

function drawCode(
  { userCode, verificationUrl, expiresAt }: Extract<LoginProgress, { type: "device-code" }>,
  isAlternative: boolean,
  { style, width }: Canvas,
  drawQrCode: (url: string) => readonly string[],
): readonly string[] {
  const end = new Date(expiresAt).toTimeString().slice(0, 5);
  return [
    isAlternative ? "Or, on any other device, open this page:" : "On any device, open this page:",
    "",
    `  ${style.bold(style.cyan(escapeLine(verificationUrl)))}`,
    "",
    ...drawQrCode(verificationUrl),
    `and enter this code:  ${style.bold(escapeLine(userCode))}`,
    "",
    ...wrap(`The code expires at ${end}. Never enter a code that you did not request.`, width - 2).map(
      style.dim,
    ),
    "",
  ];
}

/** Draws the problems that did not end the sign-in; of rejected inputs, only the newest. */
function drawProblems(steps: readonly LoginProgress[], { style, width }: Canvas): readonly string[] {
  const newestInput = steps.findLast((step) => step.type === "input-rejected");
  return steps.flatMap((step) => {
    if (!("error" in step) || (step.type === "input-rejected" && step !== newestInput)) return [];
    return [...wrap(`! ${escapeLine(step.error.message)}`, width - 2).map(style.yellow), ""];
  });
}

function drawPrompt(prompt: LoginPrompt, text: string, { style, width }: Canvas): readonly string[] {
  const isSecret = prompt.type === "secret";
  const shown = isSecret ? (style.unicode ? "•" : "*").repeat(text.length) : escapeLine(text);
  const help =
    prompt.type !== "paste"
      ? promptText(prompt)
      : "Is the browser on another computer? It ends on a page that does not load. Paste the address of that page here, and press Enter.";
  return [
    ...wrap(escapeLine(help), width - 2).map(style.dim),
    `${style.cyan(style.unicode ? "›" : ">")} ${shown.slice(-Math.max(1, width - 4))}${CURSOR}`,
    "",
  ];
}

function promptText(prompt: Exclude<LoginPrompt, { readonly type: "paste" }>): string {
  if (prompt.type === "text") return prompt.title;
  const { title, url, isOptional } = prompt;
  const without = isOptional ? " If the server needs none, just press Enter." : "";
  const where = url === undefined ? "" : ` Get one at ${url}`;
  return `${title}: paste it, and press Enter. It is not shown.${without}${where}`;
}
