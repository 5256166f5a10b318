import type { RateLimit, RateLimits } from "axio";

/** The families of limits that the API counts. `tokens` is the tightest of its kind and repeats another one. */
const FAMILIES = ["requests", "input-tokens", "output-tokens"] as const;

/** The limits refill all the time: within a minute if nothing is used. */
const WINDOW_MS = 60_000;

/** Reads the rate limits from the headers of a response; `undefined` if it states none. */
export function readRateLimits(headers: Headers): RateLimits | undefined {
  const limits = FAMILIES.flatMap((family): readonly RateLimit[] => {
    const read = (name: string): string => headers.get(`anthropic-ratelimit-${family}-${name}`)?.trim() ?? "";
    const limit = numberOf(read("limit"));
    const remaining = numberOf(read("remaining"));
    if (limit === undefined || limit === 0 || remaining === undefined) return [];
    const resetsAt = Date.parse(read("reset"));
    const usedPercent = Math.max(0, 100 * (1 - remaining / limit));
    const window = Number.isNaN(resetsAt)
      ? { usedPercent, windowMs: WINDOW_MS }
      : { usedPercent, windowMs: WINDOW_MS, resetsAt };
    return [{ id: family, windows: [window] }];
  });
  return limits.length === 0 ? undefined : { limits };
}

function numberOf(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}
