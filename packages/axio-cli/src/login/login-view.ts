import type { LoginMethod, LoginProgress } from "axio/plugin";
import type { Output } from "../output.ts";
import { formatDuration } from "../text/duration.ts";
import { escapeLine, wrap } from "../text/terminal-text.ts";
import { TUNNEL_NEEDED, tunnelCommand } from "./tunnel.ts";

const MAX_WIDTH = 80;

/** The methods in which the user enters what is then checked. */
const CHECKED: ReadonlySet<LoginMethod> = new Set(["paste", "api-key", "from-env"]);

/** How to show a step. */
export interface LoginViewOptions {
  readonly output: Output;
  /** Unix milliseconds. */
  readonly now: number;
  /** Whether the user can paste. */
  readonly canPaste: boolean;
  /** Whether another method was shown before. */
  readonly isAlternative: boolean;
  /** Whether the user is at another computer (SSH). */
  readonly isRemote: boolean;
}

/** Returns the text for a step of a sign-in. */
export async function describeLoginStep(
  step: LoginProgress,
  options: LoginViewOptions,
): Promise<readonly string[]> {
  const { output, canPaste } = options;
  const { style } = output;
  switch (step.type) {
    case "authorize":
      return [
        // Before the address: a browser with a session returns at once.
        ...(options.isRemote ? describeTunnel(step.redirectUri, output) : []),
        step.opened
          ? "Your browser shows the sign-in page now. If it does not, open this address:"
          : "Open this address in a browser, and sign in:",
        "",
        // Without indentation, so that it can be copied across lines.
        style.cyan(escapeLine(step.url)),
        "",
        ...(canPaste
          ? [
              ...prose(
                `Is the browser on another computer? It will end on a page that does not load. Paste the address of that page here (it begins with ${escapeLine(step.redirectUri)}).`,
                output,
              ).map(style.dim),
              "",
            ]
          : []),
      ];
    case "device-code":
      return describeDeviceCode(step, options);
    case "port-in-use":
    case "input-rejected":
    case "warning":
      return [`${style.yellow("!")} ${prose(escapeLine(step.error.message), output).join("\n")}`, ""];
    case "exchanging":
      return [style.dim(CHECKED.has(step.method) ? "Checking..." : "Approved. Fetching the tokens...")];
  }
}

function describeTunnel(redirectUri: string, output: Output): readonly string[] {
  return [...prose(TUNNEL_NEEDED, output), "", output.style.cyan(tunnelCommand(redirectUri)), ""];
}

async function describeDeviceCode(
  { userCode, verificationUrl, expiresAt }: Extract<LoginProgress, { type: "device-code" }>,
  { output, now, isAlternative }: LoginViewOptions,
): Promise<readonly string[]> {
  const { style } = output;
  const { drawQrCode } = await import("./qr.ts");
  const qrCode = drawQrCode(verificationUrl, output);
  return [
    isAlternative ? "Or, on any other device, open this page:" : "On any device, open this page:",
    "",
    `  ${style.bold(style.cyan(escapeLine(verificationUrl)))}`,
    "",
    ...qrCode,
    ...(qrCode.length > 0 ? [""] : []),
    "and enter this code:",
    "",
    ...boxed(escapeLine(userCode), output),
    "",
    ...prose(
      `The code expires in ${formatDuration((expiresAt - now) / 1000)}. Never enter a code that you did not request.`,
      output,
    ).map(style.dim),
    "",
  ];
}

/** Breaks sentences into lines that fit. */
function prose(text: string, { width }: Output): readonly string[] {
  return wrap(text, Math.min(width, MAX_WIDTH) - 2);
}

/** Draws a box around a short text. */
function boxed(text: string, { style }: Output): readonly string[] {
  const room = text.length + 6;
  const [topLeft, topRight, bottomLeft, bottomRight, across, down] = style.unicode
    ? ["╭", "╮", "╰", "╯", "─", "│"]
    : ["+", "+", "+", "+", "-", "|"];
  return [
    `  ${topLeft}${across.repeat(room)}${topRight}`,
    `  ${down}${" ".repeat(room)}${down}`,
    `  ${down}   ${style.bold(text)}   ${down}`,
    `  ${down}${" ".repeat(room)}${down}`,
    `  ${bottomLeft}${across.repeat(room)}${bottomRight}`,
  ];
}
