import type { RateLimit, RateLimits } from "axio";

/** The families of limits that the API counts. `tokens` is the tightest of its kind and repeats another one. */
const FAMILIES = {
  requests: "Requests",
  "input-tokens": "Input tokens",
  "output-tokens": "Output tokens",
} as const;

/** The limits refill all the time: within a minute if nothing is used. */
const WINDOW_MS = 60_000;

/** Reads the rate limits from the headers of a response; `undefined` if it states none. */
export function readRateLimits(headers: Headers): RateLimits | undefined {
  const limits = Object.entries(FAMILIES).flatMap(([family, name]): readonly RateLimit[] => {
    const read = (part: string): string => headers.get(`anthropic-ratelimit-${family}-${part}`)?.trim() ?? "";
    const limit = numberOf(read("limit"));
    const remaining = numberOf(read("remaining"));
    if (limit === undefined || limit === 0 || remaining === undefined) return [];
    const resetsAt = Date.parse(read("reset"));
    const usedPercent = Math.max(0, 100 * (1 - remaining / limit));
    const window = Number.isNaN(resetsAt)
      ? { usedPercent, windowMs: WINDOW_MS }
      : { usedPercent, windowMs: WINDOW_MS, resetsAt };
    return [{ id: family, name, windows: [window] }];
  });
  return limits.length === 0 ? undefined : { limits };
}

function numberOf(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}
