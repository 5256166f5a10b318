import { describe, expect, test } from "vitest";
import { parseRateLimitEvent, parseUsage } from "../src/rate-limits.ts";

describe("an event", () => {
  test("states the windows of one family in the units of the API", () => {
    const event = {
      type: "codex.rate_limits",
      plan_type: "plus",
      rate_limits: {
        allowed: true,
        primary: {
          used_percent: 12,
          window_minutes: 300,
          reset_after_seconds: 9000,
          reset_at: 1_795_012_345,
        },
        secondary: null,
      },
      credits: { has_credits: false, unlimited: false, balance: null },
    };
    expect(parseRateLimitEvent(event)).toEqual({
      limits: [
        { id: "codex", windows: [{ usedPercent: 12, windowMs: 300 * 60_000, resetsAt: 1_795_012_345_000 }] },
      ],
      plan: "plus",
      credits: { hasCredits: false, unlimited: false },
    });
  });

  test("may name another family, and state nothing", () => {
    expect(parseRateLimitEvent({ metered_limit_name: "bengalfox", rate_limits: {} })).toEqual({
      limits: [{ id: "bengalfox", windows: [] }],
    });
    expect(parseRateLimitEvent({ rate_limits: "none", credits: {} })).toEqual({ limits: [] });
  });
});

test("the usage of an account states windows in seconds, and further families", () => {
  const window = { used_percent: 5, limit_window_seconds: 3600, reset_at: 1_795_012_345 };
  expect(
    parseUsage({
      plan_type: "pro",
      rate_limit: { primary_window: window, secondary_window: { used_percent: "5" } },
      additional_rate_limits: [null, { limit_name: "Extra", rate_limit: { primary_window: window } }],
      credits: { has_credits: true, unlimited: false, balance: "9.50" },
    }),
  ).toEqual({
    limits: [
      { id: "codex", windows: [{ usedPercent: 5, windowMs: 3_600_000, resetsAt: 1_795_012_345_000 }] },
      {
        id: "Extra",
        name: "Extra",
        windows: [{ usedPercent: 5, windowMs: 3_600_000, resetsAt: 1_795_012_345_000 }],
      },
    ],
    plan: "pro",
    credits: { hasCredits: true, unlimited: false, balance: "9.50" },
  });
  expect(parseUsage("nothing")).toEqual({ limits: [] });
});
