import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { delay } from "../src/internal.ts";
import { countingController, rejectionOf } from "./support/signals.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("waits, and leaves no timer and no listener", async () => {
  const { controller, listeners } = countingController();
  let done = false;
  const waiting = delay(1000, controller.signal).then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(999);
  expect(done).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  expect(listeners()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("an abort ends the wait at once", async () => {
  const { controller, listeners } = countingController();
  const waiting = rejectionOf(delay(1000, controller.signal));
  controller.abort("enough");
  expect(await waiting).toMatchObject({ code: "aborted", cause: "enough" });
  expect(vi.getTimerCount()).toBe(0);
  expect(listeners()).toBeLessThanOrEqual(1);
  expect(await rejectionOf(delay(1000, controller.signal))).toMatchObject({ code: "aborted" });
});

test("waits even if the delay is too long for a timer", async () => {
  let done = false;
  void delay(2 ** 40).then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(1_000_000_000);
  expect(done).toBe(false);
});
