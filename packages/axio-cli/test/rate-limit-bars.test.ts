import { expect, test } from "vitest";
import { formatDuration, formatWindow } from "../src/text/duration.ts";
import { drawBar, drawLimits } from "../src/text/rate-limit-bars.ts";
import { styleFor } from "../src/text/style.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const inSeconds = (seconds: number): number => NOW + seconds * 1000;
const plain = styleFor(false, { LANG: "C.UTF-8" });
const LIMITS = {
  plan: "plus",
  limits: [
    {
      id: "codex",
      windows: [
        { usedPercent: 12, windowMs: 300 * 60_000, resetsAt: inSeconds(9_000) },
        { usedPercent: 93.4, windowMs: 10_080 * 60_000, resetsAt: inSeconds(400_000) },
      ],
    },
    { id: "extra", name: "Special\u001b[2J", windows: [{ usedPercent: 0 }] },
  ],
  credits: { hasCredits: true, unlimited: false, balance: "12.50" },
};

test("draws limits as bars with the time until they reset", () => {
  expect(drawLimits(LIMITS, { style: plain, width: 80, now: NOW }).join("\n")).toMatchInlineSnapshot(`
    "Codex
      5 hours  ████░░░░░░░░░░░░░░░░░░░░░░░░░░  12 %  resets in 2 h 30 min
      week     ████████████████████████████░░  93 %  resets in 4 d 15 h

    Special\\x1b[2J
      window  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0 %

    Credits: 12.50"
  `);
});

test("draws no line that is too long for a narrow terminal", () => {
  for (const width of [20, 24, 30, 40, 60]) {
    for (const line of drawLimits(LIMITS, { style: plain, width, now: NOW }))
      expect(line.length).toBeLessThanOrEqual(Math.max(width, 28));
  }
});

test("shows the smallest usage, and only 100 % looks full", () => {
  expect(drawBar(0, 10, plain)).toBe("░░░░░░░░░░");
  expect(drawBar(0.1, 10, plain)).toBe("█░░░░░░░░░");
  expect(drawBar(99.9, 10, plain)).toBe("█████████░");
  expect(drawBar(130, 10, plain)).toBe("██████████");
  expect(drawBar(50, 4, styleFor(false, { LANG: "C" }))).toBe("##..");
});

test.each([
  [0, "a moment"],
  [45, "45 s"],
  [59.9, "60 s"],
  [3_599, "1 h"],
  [9_000, "2 h 30 min"],
  [86_400 + 60, "1 d"],
  [400_000, "4 d 15 h"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [300, "5 hours"],
  [299, "5 hours"],
  [10_080, "week"],
  [1_440, "day"],
  [43_200, "30 days"],
  [60, "hour"],
  [45, "45 minutes"],
  [undefined, "window"],
])("a window of %s minutes is named %s", (minutes, text) => {
  expect(formatWindow(minutes === undefined ? undefined : minutes * 60_000)).toBe(text);
});
