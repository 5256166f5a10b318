import type { RateLimit, RateLimits, RateLimitWindow } from "axio";
import { optional } from "axio-transport-kit";

const DEFAULT_FAMILY = "codex";
const SUFFIX = "-used-percent";
const USED_PERCENT = /^x-(?<family>[a-z0-9-]+?)-(?:primary|secondary)-used-percent$/;

/**
 * Reads what the account may still use from an answer's headers: all families of limits, each with its windows.
 * Gives `undefined` where the answer says nothing. Empty and broken values count as not sent.
 */
export function parseRateLimitHeaders(all: Headers): RateLimits | undefined {
  // Read once: each look into `Headers` costs several times what one into a map does.
  const headers: ReadonlyMap<string, string> = new Map(all);
  const families = new Set<string>();
  for (const name of headers.keys()) {
    // Nearly all names end in something else, which is told more cheaply than by matching.
    const family = name.endsWith(SUFFIX) ? USED_PERCENT.exec(name)?.groups?.["family"] : undefined;
    if (family !== undefined) families.add(family);
  }
  const limits = [...families].flatMap((family): RateLimit[] => {
    const windows = ["primary", "secondary"].flatMap((slot) => readWindow(headers, `x-${family}-${slot}`));
    const name = text(headers, `x-${family}-limit-name`);
    return windows.length === 0
      ? []
      : [{ id: family.replaceAll("-", "_"), ...optional("name", name), windows }];
  });
  // The account's own family first, whatever the order of the headers.
  limits.sort((left, right) => Number(right.id === DEFAULT_FAMILY) - Number(left.id === DEFAULT_FAMILY));
  const plan = text(headers, "x-codex-plan-type");
  const credits = readCredits(headers);
  if (limits.length === 0 && plan === undefined && credits === undefined) return undefined;
  return { limits, ...optional("plan", plan), ...optional("credits", credits) };
}

function readWindow(headers: ReadonlyMap<string, string>, prefix: string): readonly RateLimitWindow[] {
  const usedPercent = number(headers, `${prefix}-used-percent`);
  const minutes = number(headers, `${prefix}-window-minutes`);
  const resetSeconds = number(headers, `${prefix}-reset-at`);
  if (usedPercent === undefined) return [];
  // A window that is not in force is sent as nothing but zeros.
  if (usedPercent === 0 && !minutes && resetSeconds === undefined) return [];
  return [
    {
      usedPercent,
      windowMs: minutes ? minutes * 60_000 : undefined,
      resetsAt: resetSeconds === undefined ? undefined : resetSeconds * 1_000,
    },
  ];
}

function readCredits(headers: ReadonlyMap<string, string>): RateLimits["credits"] {
  const hasCredits = flag(headers, "x-codex-credits-has-credits");
  const unlimited = flag(headers, "x-codex-credits-unlimited");
  if (hasCredits === undefined || unlimited === undefined) return undefined;
  const balance = text(headers, "x-codex-credits-balance");
  return { hasCredits, unlimited, ...optional("balance", balance) };
}

function text(headers: ReadonlyMap<string, string>, name: string): string | undefined {
  return headers.get(name)?.trim() || undefined;
}

function number(headers: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = text(headers, name);
  return value !== undefined && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function flag(headers: ReadonlyMap<string, string>, name: string): boolean | undefined {
  const value = text(headers, name)?.toLowerCase();
  if (value === "true" || value === "1") return true;
  return value === "false" || value === "0" ? false : undefined;
}
