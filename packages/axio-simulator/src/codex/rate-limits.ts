import type { JsonObject } from "../json.ts";
import type { WireEvent } from "../stream/frames.ts";

/** One window of the rate limits. */
export interface SimulatedWindow {
  readonly usedPercent: number;
  readonly windowMinutes: number;
  readonly resetAfterSeconds: number;
}

/** The rate limits of the account. */
export interface SimulatedRateLimits {
  readonly primary: SimulatedWindow | undefined;
  readonly secondary: SimulatedWindow | undefined;
  readonly credits: {
    readonly hasCredits: boolean;
    readonly unlimited: boolean;
    readonly balance: string | undefined;
  };
}

export const DEFAULT_RATE_LIMITS: SimulatedRateLimits = {
  primary: { usedPercent: 12, windowMinutes: 300, resetAfterSeconds: 9000 },
  secondary: { usedPercent: 40, windowMinutes: 10_080, resetAfterSeconds: 400_000 },
  credits: { hasCredits: false, unlimited: false, balance: undefined },
};

/** The rate limits as response headers, with a second family and empty values like those of the service. */
export function rateLimitHeaders(limits: SimulatedRateLimits, planType: string): Record<string, string> {
  return {
    "x-codex-active-limit": "codex",
    "x-codex-plan-type": planType,
    ...windowHeaders("x-codex-primary", limits.primary),
    ...windowHeaders("x-codex-secondary", limits.secondary),
    "x-codex-primary-over-secondary-limit-percent": "0",
    "x-codex-credits-has-credits": capitalised(limits.credits.hasCredits),
    "x-codex-credits-unlimited": capitalised(limits.credits.unlimited),
    "x-codex-credits-balance": limits.credits.balance ?? "",
    "x-codex-promo-campaign-id": "",
    "x-codex-bengalfox-limit-name": "Simulator special",
    ...windowHeaders("x-codex-bengalfox-primary", {
      usedPercent: 0,
      windowMinutes: 300,
      resetAfterSeconds: 18_000,
    }),
  };
}

/** The rate limits as an event on a WebSocket. */
export function rateLimitEvent(limits: SimulatedRateLimits, planType: string): WireEvent {
  return {
    type: "codex.rate_limits",
    plan_type: planType,
    rate_limits: {
      allowed: true,
      limit_reached: false,
      primary: windowMembers(limits.primary),
      secondary: windowMembers(limits.secondary),
    },
    code_review_rate_limits: null,
    additional_rate_limits: null,
    credits: {
      has_credits: limits.credits.hasCredits,
      unlimited: limits.credits.unlimited,
      balance: limits.credits.balance ?? null,
    },
    promo: null,
  };
}

function windowMembers(window: SimulatedWindow | undefined): JsonObject | null {
  if (window === undefined) return null;
  return {
    used_percent: window.usedPercent,
    window_minutes: window.windowMinutes,
    reset_after_seconds: window.resetAfterSeconds,
    reset_at: resetAt(window),
  };
}

function windowHeaders(prefix: string, window: SimulatedWindow | undefined): Record<string, string> {
  if (window === undefined) return {};
  return {
    [`${prefix}-used-percent`]: String(window.usedPercent),
    [`${prefix}-window-minutes`]: String(window.windowMinutes),
    [`${prefix}-reset-after-seconds`]: String(window.resetAfterSeconds),
    [`${prefix}-reset-at`]: String(resetAt(window)),
  };
}

/** A boolean as the service writes it in these headers. */
function capitalised(value: boolean): string {
  return value ? "True" : "False";
}

export function resetAt(window: SimulatedWindow): number {
  return Math.floor(Date.now() / 1000) + window.resetAfterSeconds;
}
