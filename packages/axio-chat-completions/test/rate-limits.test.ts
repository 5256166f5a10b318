import { describe, expect, test } from "vitest";
import { DIALECTS, readRateLimits } from "../src/index.ts";

const NOW = 1_800_000_000_000;

describe("rate-limit headers", () => {
  test("become a family each, with the time of the reset", () => {
    const headers = new Headers({
      "x-ratelimit-limit-requests": "100",
      "x-ratelimit-remaining-requests": "75",
      "x-ratelimit-reset-requests": "6m0s",
      "x-ratelimit-limit-tokens": "1000",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "1h2m3.5s",
      "x-ratelimit-limit-project-tokens": "10",
      "x-ratelimit-remaining-project-tokens": "10",
      "x-ratelimit-reset-project-tokens": "12ms",
    });
    expect(readRateLimits(headers, NOW)).toEqual({
      limits: [
        { id: "requests", windows: [{ usedPercent: 25, resetsAt: NOW + 360_000 }] },
        { id: "tokens", windows: [{ usedPercent: 100, resetsAt: NOW + 3_723_500 }] },
        { id: "project-tokens", windows: [{ usedPercent: 0, resetsAt: NOW + 12 }] },
      ],
    });
  });

  test.each([
    ["1800000060", 1_800_000_060_000],
    ["1800000060000", 1_800_000_060_000],
    ["30", NOW + 30_000],
    ["0.5", NOW + 500],
    ["soon", undefined],
    ["", undefined],
  ])("with a reset of %j", (reset, resetsAt) => {
    const headers = new Headers({
      "x-ratelimit-limit": "20",
      "x-ratelimit-remaining": "5",
      "x-ratelimit-reset": reset,
    });
    expect(readRateLimits(headers, NOW)?.limits).toEqual([
      { id: "requests", windows: [{ usedPercent: 75, ...(resetsAt === undefined ? {} : { resetsAt }) }] },
    ]);
  });

  test("know their windows, by the server or by their name", () => {
    const groq = new Headers({ "x-ratelimit-limit-requests": "10", "x-ratelimit-remaining-requests": "5" });
    expect(readRateLimits(groq, NOW, DIALECTS.groq)?.limits[0]?.windows).toEqual([
      { usedPercent: 50, windowMs: 86_400_000 },
    ]);
    const mistral = new Headers({
      "x-ratelimit-limit-tokens-minute": "10",
      "x-ratelimit-remaining-tokens-minute": "5",
    });
    expect(readRateLimits(mistral, NOW)?.limits).toEqual([
      { id: "tokens-minute", windows: [{ usedPercent: 50, windowMs: 60_000 }] },
    ]);
  });

  test.each<Record<string, string>>([
    {},
    { "x-ratelimit-remaining-requests": "5" },
    { "x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": "5" },
    { "x-ratelimit-limit-requests": "many", "x-ratelimit-remaining-requests": "5" },
    { "x-ratelimit-limit-requests": "5", "x-ratelimit-remaining-requests": "" },
  ])("that do not say enough are no limits: %j", (headers) => {
    expect(readRateLimits(new Headers(headers), NOW)).toBeUndefined();
  });
});
