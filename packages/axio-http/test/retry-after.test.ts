import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRetryAfter, parseRetryText } from "../src/index.ts";

const NOW = Date.parse("1994-11-06T08:49:00Z");

describe("parseRetryAfter", () => {
  test.each([
    ["120", 120_000],
    ["0", 0],
    ["1.5", 1500],
    [" 3 ", 3000],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 37_000],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 37_000],
    ["Sun Nov  6 08:49:37 1994", 37_000],
    ["Wed Nov 16 08:49:00 1994", 10 * 86_400_000],
    ["Sun, 06 Nov 1994 08:48:00 GMT", 0],
    ["Tuesday, 06-Nov-45 08:49:37 GMT", 0],
  ])("%j is %d ms", (value, ms) => {
    expect(parseRetryAfter(value, NOW)).toBe(ms);
  });

  test.each([
    [null],
    [undefined],
    [""],
    ["soon"],
    ["-5"],
    ["1e3"],
    ["5s"],
    ["9".repeat(400)],
    ["Sun, 06 Nov 1994"],
    ["Sun, 06 Nov 1994 25:49:37 GMT"],
    ["Sun, 06 Foo 1994 08:49:37 GMT"],
    ["1994-11-06T08:49:37Z"],
  ])("%j is nothing", (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });

  test("reads every date that toUTCString writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const date = new Date(seconds * 1000);
        expect(parseRetryAfter(date.toUTCString(), NOW)).toBe(Math.max(0, date.getTime() - NOW));
      }),
    );
  });

  test("a two-digit year is the one within 50 years", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(parseRetryAfter("Friday, 01-Jan-27 00:00:00 GMT", now)).toBe(365 * 86_400_000);
    expect(parseRetryAfter("Saturday, 01-Jan-77 00:00:00 GMT", now)).toBe(0);
  });
});

describe("parseRetryText", () => {
  test.each([
    ["Rate limit reached. Please try again in 1.5s.", 1500],
    ["Please try again in 11.054s. Visit the page.", 11_054],
    ["try again in 500ms", 500],
    ["Try again in 20 seconds", 20_000],
    ["try again in 2 minutes", 120_000],
    ["try again in 1m30s", 90_000],
    ["try again in 6m0s.", 360_000],
    ["try again in 1h2m3.5s", 3_723_500],
    ["try again in 3 hours and 5 minutes", 11_100_000],
    ["try again in 3 hours, 5 minutes, and 1 second.", 11_101_000],
    ["try again in about 1 day 2 hrs", 93_600_000],
    ["Please retry after 5 sec", 5000],
    ["retrying in 7 secs", 7000],
    ["try again in 2 minutes or upgrade your plan", 120_000],
    ["try again in 0s", 0],
  ])("%j is %d ms", (message, ms) => {
    expect(parseRetryText(message)).toBe(ms);
  });

  test.each([
    [""],
    ["Try again later."],
    ["try again in a few minutes"],
    ["try again in 5 apples"],
    ["try again in 5"],
    ["we tried 3 s"],
  ])("%j is nothing", (message) => {
    expect(parseRetryText(message)).toBeUndefined();
  });

  test("accepts any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseRetryText(`try again in ${text}`) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
