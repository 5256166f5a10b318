import type { RateLimit, RateLimits, RateLimitWindow } from "axio";
import { formatDuration, formatWindow } from "./duration.ts";
import type { Style } from "./style.ts";
import { escapeLine } from "./terminal-text.ts";

const WIDEST_BAR = 30;
const SMALLEST_BAR = 8;
/** From here on a window is nearly exhausted, in percent. */
const HIGH = 70;
const VERY_HIGH = 90;

/** How to draw rate limits. */
export interface BarOptions {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Draws the rate limits of an account: a heading for each limit, and a bar for each window. */
export function drawLimits({ limits, credits }: RateLimits, options: BarOptions): readonly string[] {
  const { style } = options;
  const lines = limits.flatMap((limit, index) => [
    ...(index === 0 ? [] : [""]),
    style.bold(limitName(limit)),
    ...drawWindows(limit.windows, options),
  ]);
  if (credits?.unlimited) lines.push("", "Credits: unlimited");
  else if (credits?.hasCredits) lines.push("", `Credits: ${escapeLine(credits.balance ?? "some")}`);
  return lines;
}

function limitName({ id, name }: RateLimit): string {
  return escapeLine(name ?? (id === "codex" ? "Codex" : id));
}

function drawWindows(windows: readonly RateLimitWindow[], options: BarOptions): readonly string[] {
  const { style, width, now } = options;
  const names = windows.map(({ windowMs }) => formatWindow(windowMs));
  const nameWidth = Math.max(0, ...names.map((name) => name.length));
  return windows.flatMap((window, index) => {
    const name = (names[index] ?? "").padEnd(nameWidth);
    const percent = `${Math.round(window.usedPercent)} %`.padStart(5);
    const reset = resetText(window.resetsAt, now);
    const room = width - nameWidth - percent.length - reset.length - 9;
    // On a narrow terminal the reset time goes below the bar.
    const below = room < SMALLEST_BAR;
    const barWidth = Math.min(WIDEST_BAR, Math.max(SMALLEST_BAR, below ? room + reset.length : room));
    const line = `  ${name}  ${drawBar(window.usedPercent, barWidth, style)} ${percent}`;
    if (reset === "") return [line];
    return below ? [line, `  ${style.dim(reset)}`] : [`${line}  ${style.dim(reset)}`];
  });
}

function resetText(resetsAt: number | undefined, nowMs: number): string {
  if (resetsAt === undefined) return "";
  const seconds = (resetsAt - nowMs) / 1000;
  return seconds <= 0 ? "resets now" : `resets in ${formatDuration(seconds)}`;
}

/** Draws a bar of `width` characters. The smallest usage is visible, and only 100 % looks full. */
export function drawBar(percent: number, width: number, style: Style): string {
  const share = Math.min(100, Math.max(0, percent)) / 100;
  let filled = Math.round(share * width);
  if (filled === 0 && share > 0) filled = 1;
  if (filled === width && share < 1) filled = width - 1;
  const paint = percent >= VERY_HIGH ? style.red : percent >= HIGH ? style.yellow : style.green;
  const [full, empty] = style.unicode ? ["█", "░"] : ["#", "."];
  return paint(full.repeat(filled)) + style.dim(empty.repeat(width - filled));
}
