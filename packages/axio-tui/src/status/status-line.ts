import type { RateLimits, RateLimitWindow } from "axio";
import type { ConversationState } from "../conversation/state.ts";
import { modeTitle, type PermissionMode } from "../permissions/mode.ts";
import type { TerminalStyle } from "../terminal/terminal-style.ts";
import { cleanLine } from "../theme/clean-text.ts";
import { type Color, type Line, lineText, type Span, span } from "../theme/line.ts";
import { textWidth, truncate } from "../theme/width.ts";
import { formatWindowShort } from "./time.ts";

/** One item of the row. */
type Part = readonly Span[];

/**
 * Returns the row at the bottom: the model, account and limits. If it does not fit, it is shortened, and then the last items
 * are omitted.
 */
export function statusLine(
  state: ConversationState,
  width: number,
  terminal: TerminalStyle,
  mode: PermissionMode = "ask",
): Line {
  const gap = ` ${terminal.symbols.dot} `;
  const widthOf = (list: readonly Part[]): number =>
    list.reduce((sum, part) => sum + textWidth(lineText(part)), 0) +
    gap.length * Math.max(0, list.length - 1);
  const partsOf = (isShort: boolean): readonly Part[] => [
    ...modePart(mode),
    ...statusParts(state, terminal, isShort),
  ];
  const full = partsOf(false);
  let shown = widthOf(full) <= width ? full : partsOf(true);
  while (shown.length > 1 && widthOf(shown) > width) shown = shown.slice(0, -1);
  const row = shown.flatMap((part, index) => (index === 0 ? part : [span(gap, { color: "muted" }), ...part]));
  if (widthOf(shown) <= width) return row;
  return [span(truncate(lineText(row), width, terminal.symbols.ellipsis), { color: "muted" })];
}

/** The mode, if it is not the usual one. It comes first, so that it is never omitted. */
function modePart(mode: PermissionMode): readonly Part[] {
  if (mode === "ask") return [];
  return [[span(modeTitle(mode), { bold: true, color: mode === "plan" ? "accent" : "warning" })]];
}

function statusParts(state: ConversationState, terminal: TerminalStyle, isShort: boolean): readonly Part[] {
  const { provider, model, effort, contextTokens, rateLimits } = state;
  if (provider === undefined) return [[span("no model selected", { color: "warning" })]];
  const modelName = cleanLine(model?.displayName ?? model?.id ?? "", terminal.unicode);
  const name = state.isModelPending === true ? terminal.symbols.ellipsis : modelName;
  const parts: Part[] = [
    provider.needsSignIn
      ? [span("not signed in", { color: "warning" })]
      : [
          span(name, { bold: true }),
          ...(effort === undefined || state.isModelPending === true
            ? []
            : [span(` ${effort}`, { color: "muted" })]),
        ],
  ];
  const context = contextPart(contextTokens, model?.contextWindow, terminal);
  if (context !== undefined) parts.push(context);
  for (const window of shownWindows(rateLimits)) parts.push(windowPart(window, terminal));
  const { planUse, usageUrl, needsSignIn } = provider;
  // The short form names the command, which shows the address.
  const manage = span(`Manage usage: ${isShort ? "/usage" : usageUrl}`, { color: "muted" });
  if (planUse === undefined) parts.push([span(provider.title, { color: "muted" })]);
  else {
    parts.push([
      span(cleanLine(planUse.label, terminal.unicode), { color: planUse.isOn ? "success" : "warning" }),
    ]);
    if (usageUrl !== undefined) parts.push([manage]);
  }
  const account = [provider.account, provider.profile].filter((text) => text !== undefined).join(", ");
  if (account !== "") parts.push([span(cleanLine(account, terminal.unicode), { color: "muted" })]);
  if (planUse === undefined && usageUrl !== undefined && !needsSignIn) parts.push([manage]);
  if (state.branch !== undefined)
    parts.push([span(cleanLine(state.branch, terminal.unicode), { color: "muted" })]);
  return parts;
}

function contextPart(tokens: number, window: number | undefined, terminal: TerminalStyle): Part | undefined {
  if (tokens === 0) return undefined;
  if (window === undefined) return [span(`${shortNumber(tokens)} tokens`, { color: "muted" })];
  const percent = (100 * tokens) / window;
  return [
    ...bar(percent, 6, terminal),
    span(` ${shortNumber(tokens)}/${shortNumber(window)}`, { color: "muted" }),
  ];
}

function windowPart(window: RateLimitWindow, terminal: TerminalStyle): Part {
  const name = formatWindowShort(window.windowMs);
  return [
    span(`${name} `, { color: "muted" }),
    ...bar(window.usedPercent, 5, terminal),
    span(` ${Math.round(window.usedPercent)}%`, { color: "muted" }),
  ];
}

// The first limit is that of the account; the others belong to features.
function shownWindows(rateLimits: RateLimits | undefined): readonly RateLimitWindow[] {
  return rateLimits?.limits[0]?.windows ?? [];
}

/** Returns a bar for a percentage. Any use is visible, and only 100 % looks full. */
export function bar(percent: number, width: number, terminal: TerminalStyle): readonly Span[] {
  const share = Math.min(100, Math.max(0, percent)) / 100;
  let filled = Math.round(share * width);
  if (filled === 0 && share > 0) filled = 1;
  if (filled === width && share < 1) filled = width - 1;
  const color: Color = percent >= 90 ? "error" : percent >= 70 ? "warning" : "success";
  return [
    span(terminal.symbols.full.repeat(filled), { color }),
    span(terminal.symbols.empty.repeat(width - filled), { color: "muted" }),
  ];
}

/** Abbreviates a number: `"84k"`, `"1.1M"`. */
export function shortNumber(value: number): string {
  if (value < 1_000) return String(value);
  if (value < 10_000) return `${(value / 1_000).toFixed(1)}k`;
  if (value < 1_000_000) return `${Math.round(value / 1_000)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}
