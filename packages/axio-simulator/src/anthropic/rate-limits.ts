/** A limit per minute. */
export interface SimulatedClaudeLimit {
  readonly limit: number;
  readonly remaining: number;
  /** Until the limit is full again. */
  readonly resetMs: number;
}

/** The rate limits of a workspace. */
export interface SimulatedClaudeLimits {
  readonly requests: SimulatedClaudeLimit;
  readonly inputTokens: SimulatedClaudeLimit;
  readonly outputTokens: SimulatedClaudeLimit;
}

export const DEFAULT_CLAUDE_LIMITS: SimulatedClaudeLimits = {
  requests: { limit: 4000, remaining: 3999, resetMs: 1000 },
  inputTokens: { limit: 2_000_000, remaining: 1_600_000, resetMs: 12_000 },
  outputTokens: { limit: 400_000, remaining: 398_000, resetMs: 1000 },
};

/** The rate limits as headers. `tokens` is the tightest of the others. */
export function claudeLimitHeaders(limits: SimulatedClaudeLimits, now: number): Record<string, string> {
  const tightest =
    share(limits.inputTokens) <= share(limits.outputTokens) ? limits.inputTokens : limits.outputTokens;
  return {
    ...headersOf("requests", limits.requests, now),
    ...headersOf("input-tokens", limits.inputTokens, now),
    ...headersOf("output-tokens", limits.outputTokens, now),
    ...headersOf("tokens", tightest, now),
    "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
  };
}

function share({ limit, remaining }: SimulatedClaudeLimit): number {
  return remaining / limit;
}

function headersOf(
  name: string,
  { limit, remaining, resetMs }: SimulatedClaudeLimit,
  now: number,
): Record<string, string> {
  const prefix = `anthropic-ratelimit-${name}`;
  return {
    [`${prefix}-limit`]: String(limit),
    [`${prefix}-remaining`]: String(remaining),
    [`${prefix}-reset`]: new Date(now + resetMs).toISOString().replace(/\.\d+Z$/, "Z"),
  };
}
