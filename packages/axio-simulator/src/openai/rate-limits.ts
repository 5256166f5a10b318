import type { ChatSwitches } from "../chat/switches.ts";

/** A limit per minute. */
export interface SimulatedApiLimit {
  readonly limit: number;
  readonly remaining: number;
  /** Until the limit is full again. */
  readonly resetMs: number;
}

/** The rate limits of an API key. */
export interface SimulatedApiLimits {
  readonly requests: SimulatedApiLimit;
  readonly tokens: SimulatedApiLimit;
}

export const DEFAULT_API_LIMITS: SimulatedApiLimits = {
  requests: { limit: 10_000, remaining: 9_999, resetMs: 6 },
  tokens: { limit: 2_000_000, remaining: 1_500_000, resetMs: 15_000 },
};

/** The rate limits as headers, in the form of a server. */
export function apiLimitHeaders(
  { requests, tokens }: SimulatedApiLimits,
  form: ChatSwitches["rateLimits"],
): Record<string, string> {
  const remaining = {
    "x-ratelimit-remaining-requests": String(requests.remaining),
    "x-ratelimit-remaining-tokens": String(tokens.remaining),
  };
  switch (form) {
    case "openai":
      return {
        "x-ratelimit-limit-requests": String(requests.limit),
        "x-ratelimit-limit-tokens": String(tokens.limit),
        ...remaining,
        "x-ratelimit-reset-requests": duration(requests.resetMs),
        "x-ratelimit-reset-tokens": duration(tokens.resetMs),
      };
    case "azure":
      return { ...remaining, "x-ms-region": "Simulator", "apim-request-id": "sim-apim" };
    default:
      return {};
  }
}

/** A duration as the service writes it: `6ms`, `15s`, `6m0s`, `1h2m3s`. */
function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${Math.round((seconds % 60) * 1000) / 1000}s`;
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${rest}`;
}
