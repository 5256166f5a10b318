import type { LoginProgress } from "axio-auth";
import type { Channel } from "./channel.ts";
import { formatDuration } from "./duration.ts";
import { escapeLine, wrap } from "./terminal-text.ts";
import { TUNNEL_NEEDED, tunnelCommand } from "./tunnel.ts";

const WIDEST = 80;

/** What the view cannot read off the step itself. */
export interface LoginViewOptions {
  readonly channel: Channel;
  /** Unix milliseconds. */
  readonly now: number;
  /** Whether a paste is asked for. */
  readonly canPaste: boolean;
  /** Whether another way was shown before. */
  readonly isAlternative: boolean;
  /** Whether the person sits at another computer (SSH). */
  readonly isRemote: boolean;
}

/** The text that shows a step of a sign-in to a person. */
export async function describeLoginStep(
  step: LoginProgress,
  options: LoginViewOptions,
): Promise<readonly string[]> {
  const { channel, canPaste } = options;
  const { style } = channel;
  switch (step.type) {
    case "authorize":
      return [
        // Before the address: a browser that knows the person comes back at once.
        ...(options.isRemote ? describeTunnel(step.redirectUri, channel) : []),
        step.opened
          ? "Your browser shows the sign-in page now. If it does not, open this address:"
          : "Open this address in a browser, and sign in:",
        "",
        // At the very left, so that it can be copied across the edge of the terminal.
        style.cyan(escapeLine(step.url)),
        "",
        ...(canPaste
          ? [
              ...prose(
                `Is the browser on another computer? It will end on a page that does not load: paste its address here (it begins with ${escapeLine(step.redirectUri)}).`,
                channel,
              ).map(style.dim),
              "",
            ]
          : []),
      ];
    case "device-code":
      return describeDeviceCode(step, options);
    case "port-in-use":
    case "paste-refused":
    case "warning":
      return [`${style.yellow("!")} ${prose(escapeLine(step.error.message), channel).join("\n")}`, ""];
    case "exchanging":
      return [style.dim(step.method === "paste" ? "Trying it..." : "Approved. Fetching the tokens...")];
  }
}

/** How the browser of the computer that the person sits at comes back to this one. */
function describeTunnel(redirectUri: string, channel: Channel): readonly string[] {
  return [...prose(TUNNEL_NEEDED, channel), "", channel.style.cyan(tunnelCommand(redirectUri)), ""];
}

async function describeDeviceCode(
  { userCode, verificationUrl, expiresAt }: Extract<LoginProgress, { type: "device-code" }>,
  { channel, now, isAlternative }: LoginViewOptions,
): Promise<readonly string[]> {
  const { style } = channel;
  const { drawQrCode } = await import("./qr.ts");
  const qrCode = drawQrCode(verificationUrl, channel);
  return [
    isAlternative ? "Or, on any other device, open this page:" : "On any device, open this page:",
    "",
    `  ${style.bold(style.cyan(escapeLine(verificationUrl)))}`,
    "",
    ...qrCode,
    ...(qrCode.length > 0 ? [""] : []),
    "and type in this code:",
    "",
    ...boxed(escapeLine(userCode), channel),
    "",
    ...prose(
      `The code ends in ${formatDuration((expiresAt - now) / 1000)}. Type in only a code that you asked for.`,
      channel,
    ).map(style.dim),
    "",
  ];
}

/** Sentences, broken into lines that fit. */
function prose(text: string, { width }: Channel): readonly string[] {
  return wrap(text, Math.min(width, WIDEST) - 2);
}

/** A short text where nobody overlooks it. */
function boxed(text: string, { style }: Channel): readonly string[] {
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
