import type { RateLimits, RateLimitWindow } from "axio";
import type { ConversationState } from "../conversation/state.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Color, type Line, lineText, type Span, span } from "../theme/line.ts";
import type { TerminalStyle } from "../theme/terminal-style.ts";
import { textWidth, truncate } from "../theme/width.ts";
import { formatWindowShort } from "./time.ts";

/** A piece of the row, as a person reads it. */
type Part = readonly Span[];

/**
 * The row at the bottom: what is in use, and how much of it is left. What does not fit is said in fewer words, then left out,
 * the least first.
 */
export function statusLine(state: ConversationState, width: number, look: TerminalStyle): Line {
  const gap = ` ${look.glyphs.dot} `;
  const widthOf = (list: readonly Part[]): number =>
    list.reduce((sum, part) => sum + textWidth(lineText(part)), 0) +
    gap.length * Math.max(0, list.length - 1);
  const whole = statusParts(state, look, false);
  let shown = widthOf(whole) <= width ? whole : statusParts(state, look, true);
  while (shown.length > 1 && widthOf(shown) > width) shown = shown.slice(0, -1);
  const row = shown.flatMap((part, index) => (index === 0 ? part : [span(gap, { color: "muted" }), ...part]));
  if (widthOf(shown) <= width) return row;
  return [span(truncate(lineText(row), width, look.glyphs.ellipsis), { color: "muted" })];
}

function statusParts(state: ConversationState, look: TerminalStyle, isShort: boolean): readonly Part[] {
  const { transport, model, effort, contextTokens, rateLimits } = state;
  if (transport === undefined) return [[span("no model chosen", { color: "warning" })]];
  const name = cleanLine(model?.displayName ?? model?.id ?? "", look.unicode);
  const parts: Part[] = [
    transport.needsSignIn
      ? [span("not signed in", { color: "warning" })]
      : [
          span(name, { bold: true }),
          ...(effort === undefined ? [] : [span(` ${effort}`, { color: "muted" })]),
        ],
  ];
  const context = contextPart(contextTokens, model?.contextWindow, look);
  if (context !== undefined) parts.push(context);
  for (const window of shownWindows(rateLimits)) parts.push(windowPart(window, look));
  const { planUse, usageUrl, needsSignIn } = transport;
  // The command leads to the address.
  const manage = span(`Manage usage: ${isShort ? "/usage" : usageUrl}`, { color: "muted" });
  if (planUse === undefined) parts.push([span(transport.title, { color: "muted" })]);
  else {
    parts.push([
      span(cleanLine(planUse.label, look.unicode), { color: planUse.isOn ? "success" : "warning" }),
    ]);
    if (usageUrl !== undefined) parts.push([manage]);
  }
  const who = [transport.account, transport.profile].filter((text) => text !== undefined).join(", ");
  if (who !== "") parts.push([span(cleanLine(who, look.unicode), { color: "muted" })]);
  if (planUse === undefined && usageUrl !== undefined && !needsSignIn) parts.push([manage]);
  return parts;
}

function contextPart(tokens: number, window: number | undefined, look: TerminalStyle): Part | undefined {
  if (tokens === 0) return undefined;
  if (window === undefined) return [span(`${shortNumber(tokens)} tokens`, { color: "muted" })];
  const percent = (100 * tokens) / window;
  return [
    ...bar(percent, 6, look),
    span(` ${shortNumber(tokens)}/${shortNumber(window)}`, { color: "muted" }),
  ];
}

function windowPart(window: RateLimitWindow, look: TerminalStyle): Part {
  const name = formatWindowShort(window.windowMs);
  return [
    span(`${name} `, { color: "muted" }),
    ...bar(window.usedPercent, 5, look),
    span(` ${Math.round(window.usedPercent)}%`, { color: "muted" }),
  ];
}

// One family is the account's own; the others are of features.
function shownWindows(rateLimits: RateLimits | undefined): readonly RateLimitWindow[] {
  return rateLimits?.limits[0]?.windows ?? [];
}

/** A bar filled by so many percent. Any use shows, and only what is used up looks full. */
export function bar(percent: number, width: number, look: TerminalStyle): readonly Span[] {
  const share = Math.min(100, Math.max(0, percent)) / 100;
  let filled = Math.round(share * width);
  if (filled === 0 && share > 0) filled = 1;
  if (filled === width && share < 1) filled = width - 1;
  const color: Color = percent >= 90 ? "error" : percent >= 70 ? "warning" : "success";
  return [
    span(look.glyphs.full.repeat(filled), { color }),
    span(look.glyphs.empty.repeat(width - filled), { color: "muted" }),
  ];
}

/** A number in few characters: `"84k"`, `"1.1M"`. */
export function shortNumber(value: number): string {
  if (value < 1_000) return String(value);
  if (value < 10_000) return `${(value / 1_000).toFixed(1)}k`;
  if (value < 1_000_000) return `${Math.round(value / 1_000)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}
