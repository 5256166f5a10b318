import type { RateLimits, RateLimitWindow } from "axio";
import { type Dialect, GENERIC_DIALECT } from "./dialect/dialect.ts";

/** The headers of a response. */
interface HeadersLike {
  get(name: string): string | null;
}

/** Requests or tokens that a server counts, and the headers that state them. */
interface Family {
  readonly name: string;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

/** The families as their headers name them; `""` has no name. Mistral names the window as well. */
const FAMILIES: readonly Family[] = [
  "requests",
  "tokens",
  "project-requests",
  "project-tokens",
  "requests-minute",
  "tokens-minute",
  "tokens-month",
  "",
].map((name) => {
  const suffix = name === "" ? "" : `-${name}`;
  return {
    name,
    limit: `x-ratelimit-limit${suffix}`,
    remaining: `x-ratelimit-remaining${suffix}`,
    reset: `x-ratelimit-reset${suffix}`,
  };
});

/**
 * Reads what an account may still use from the `x-ratelimit-*` headers. A family without both its limit and what remains of
 * it is left out.
 *
 * @param now The present, in Unix milliseconds.
 * @returns `undefined` if the response says nothing of limits.
 */
export function readRateLimits(
  headers: HeadersLike,
  now: number,
  dialect: Dialect = GENERIC_DIALECT,
): RateLimits | undefined {
  const limits = FAMILIES.flatMap((family) => {
    const window = readWindow(headers, family, now, dialect);
    return window === undefined ? [] : [{ id: family.name || "requests", windows: [window] }];
  });
  return limits.length === 0 ? undefined : { limits };
}

function readWindow(
  headers: HeadersLike,
  family: Family,
  now: number,
  dialect: Dialect,
): RateLimitWindow | undefined {
  const header = (name: string): string => headers.get(name)?.trim() ?? "";
  const limit = Number(header(family.limit) || Number.NaN);
  // Most servers state few families, and reading a header costs more than anything else here.
  if (!(limit > 0)) return undefined;
  const remaining = Number(header(family.remaining) || Number.NaN);
  if (!Number.isFinite(remaining)) return undefined;
  return {
    usedPercent: 100 * (1 - remaining / limit),
    windowMs:
      dialect.rateLimitWindowsMs[family.name] ?? (family.name.endsWith("-minute") ? 60_000 : undefined),
    resetsAt: readReset(header(family.reset), now),
  };
}

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** A duration such as `6m0s`, seconds, or a time in Unix seconds or milliseconds. */
function readReset(text: string, now: number): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number >= 1e12) return number;
    return number >= 1e9 ? number * 1000 : now + number * 1000;
  }
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined;
  let duration = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    duration += Number(number) * (UNITS_MS.get(unit ?? "") ?? 0);
  }
  return now + duration;
}
