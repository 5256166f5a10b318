import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type RateLimit,
  type RateLimits,
  type RateLimitWindow,
} from "axio";
import { readNumber, readString } from "axio-http/internal";

/** The family of the account itself. */
const DEFAULT_FAMILY = "codex";
const USED_PERCENT_SUFFIX = "-used-percent";
const USED_PERCENT = /^x-(?<family>[a-z0-9-]+?)-(?:primary|secondary)-used-percent$/;

/**
 * Reads the rate limits of the account from response headers: all families with their windows. Empty and invalid values
 * count as missing.
 *
 * @returns `undefined` if the headers state nothing.
 */
export function parseRateLimitHeaders(all: Headers): RateLimits | undefined {
  // A lookup in a map costs a fraction of one in `Headers`.
  const headers: ReadonlyMap<string, string> = new Map(all);
  const families = new Set<string>();
  for (const name of headers.keys()) {
    // The suffix is cheaper to check than the pattern, and nearly all names fail it.
    const family = name.endsWith(USED_PERCENT_SUFFIX)
      ? USED_PERCENT.exec(name)?.groups?.["family"]
      : undefined;
    if (family !== undefined) families.add(family);
  }
  const limits = [...families].flatMap((family): readonly RateLimit[] =>
    limitOf(
      family.replaceAll("-", "_"),
      text(headers, `x-${family}-limit-name`),
      ["primary", "secondary"].map((slot) => headerWindow(headers, `x-${family}-${slot}`)),
    ),
  );
  // The account's own family comes first, whatever the order of the headers.
  limits.sort((left, right) => Number(right.id === DEFAULT_FAMILY) - Number(left.id === DEFAULT_FAMILY));
  const plan = text(headers, "x-codex-plan-type");
  const credits = creditsOf(
    flag(headers, "x-codex-credits-has-credits"),
    flag(headers, "x-codex-credits-unlimited"),
    text(headers, "x-codex-credits-balance"),
  );
  return limits.length === 0 && plan === undefined && credits === undefined
    ? undefined
    : { limits, plan, credits };
}

/** Reads the rate limits in a `codex.rate_limits` event: those of one family. */
export function parseRateLimitEvent(event: JsonObject): RateLimits {
  const name = readString(event, "limit_name");
  const id = readString(event, "metered_limit_name") ?? name ?? DEFAULT_FAMILY;
  const { rate_limits: windows, credits } = event;
  return {
    limits: isJsonObject(windows)
      ? [{ id, name, windows: objectWindows(windows, "primary", "secondary") }]
      : [],
    plan: readString(event, "plan_type"),
    credits: objectCredits(credits),
  };
}

/** Reads the rate limits in the response of `/wham/usage`. */
export function parseUsage(body: unknown): RateLimits {
  const usage = isJsonObject(body) ? body : {};
  const { rate_limit: own, code_review_rate_limit: codeReview, additional_rate_limits: additional } = usage;
  return {
    limits: [
      ...usageLimit(DEFAULT_FAMILY, undefined, own),
      ...usageLimit("code_review", "Code review", codeReview),
      ...(Array.isArray(additional) ? additional : []).filter(isJsonObject).flatMap((limit) => {
        const name = readString(limit, "limit_name");
        return usageLimit(
          readString(limit, "metered_feature") ?? name ?? "additional",
          name,
          limit["rate_limit"],
        );
      }),
    ],
    plan: readString(usage, "plan_type"),
    credits: objectCredits(usage["credits"]),
  };
}

function usageLimit(
  id: string,
  name: string | undefined,
  value: JsonValue | undefined,
): readonly RateLimit[] {
  return isJsonObject(value)
    ? limitOf(id, name, objectWindows(value, "primary_window", "secondary_window"))
    : [];
}

/** A family without windows is not in force. */
function limitOf(
  id: string,
  name: string | undefined,
  windows: readonly (RateLimitWindow | undefined)[],
): readonly RateLimit[] {
  const known = windows.filter((window) => window !== undefined);
  return known.length === 0 ? [] : [{ id, name, windows: known }];
}

function objectWindows(object: JsonObject, ...names: readonly string[]): readonly RateLimitWindow[] {
  return names.flatMap((name) => {
    const window = object[name];
    if (!isJsonObject(window)) return [];
    const usedPercent = readNumber(window, "used_percent");
    const windowMs =
      times(readNumber(window, "window_minutes"), 60_000) ??
      times(readNumber(window, "limit_window_seconds"), 1_000);
    const resetsAt = times(readNumber(window, "reset_at"), 1_000);
    return usedPercent === undefined ? [] : { usedPercent, windowMs, resetsAt };
  });
}

function headerWindow(headers: ReadonlyMap<string, string>, prefix: string): RateLimitWindow | undefined {
  const usedPercent = number(headers, `${prefix}-used-percent`);
  const windowMs = times(number(headers, `${prefix}-window-minutes`), 60_000);
  const resetsAt = times(number(headers, `${prefix}-reset-at`), 1_000);
  // A window that is not in force is sent as zeros.
  if (usedPercent === undefined || (usedPercent === 0 && !windowMs && resetsAt === undefined))
    return undefined;
  return { usedPercent, windowMs: windowMs || undefined, resetsAt };
}

/** Converts a number of the wire to milliseconds. */
function times(value: number | undefined, factor: number): number | undefined {
  const product = value === undefined ? undefined : value * factor;
  return Number.isFinite(product) ? product : undefined;
}

function objectCredits(value: JsonValue | undefined): RateLimits["credits"] {
  if (!isJsonObject(value)) return undefined;
  const { has_credits: hasCredits, unlimited } = value;
  return creditsOf(
    typeof hasCredits === "boolean" ? hasCredits : undefined,
    typeof unlimited === "boolean" ? unlimited : undefined,
    readString(value, "balance"),
  );
}

function creditsOf(
  hasCredits: boolean | undefined,
  unlimited: boolean | undefined,
  balance: string | undefined,
): RateLimits["credits"] {
  return hasCredits === undefined || unlimited === undefined ? undefined : { hasCredits, unlimited, balance };
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
