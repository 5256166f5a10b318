import { afterEach, expect, test, vi } from "vitest";
import { readBodyText, readServerSentEvents, sendRequest } from "../src/index.ts";
import { collect, handFedResponse, hangingBody } from "./support/event-streams.ts";
import { countingController, rejectionOf } from "./support/signals.ts";

// No test here uses a socket, since the connections of `fetch` have timers of their own.

afterEach(() => {
  vi.useRealTimers();
});

test("leaves no listener and no timer behind, whatever the outcome", async () => {
  vi.useFakeTimers();
  const { controller, listeners } = countingController();
  const { signal } = controller;
  await sendRequest({ url: "https://example.com/", signal, fetch: async () => new Response() });
  await rejectionOf(
    sendRequest({
      url: "https://example.com/",
      signal,
      fetch: () => Promise.reject(new TypeError("fetch failed")),
    }),
  );
  const late = rejectionOf(
    sendRequest({ url: "https://example.com/", signal, fetch: () => new Promise(() => {}) }),
  );
  await vi.advanceTimersByTimeAsync(30_001);
  expect(await late).toMatchObject({ code: "response-timeout" });
  const aborted = rejectionOf(
    sendRequest({ url: "https://example.com/", signal, fetch: () => new Promise(() => {}) }),
  );
  controller.abort();
  expect(await aborted).toMatchObject({ code: "aborted" });
  expect(listeners()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("returns an empty text for a response without a body, and leaves no timer", async () => {
  vi.useFakeTimers();
  expect(await readBodyText(new Response(null))).toBe("");
  expect(vi.getTimerCount()).toBe(0);
});

test("returns what came if a body stops", async () => {
  vi.useFakeTimers();
  const { controller, listeners } = countingController();
  const text = readBodyText(new Response(hangingBody("part")), { signal: controller.signal });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await text).toBe("part");
  expect(vi.getTimerCount()).toBe(0);
  expect(listeners()).toBe(0);
});

test("no event for the idle time is `stream-idle`, and comments do not count", async () => {
  vi.useFakeTimers();
  const { response, send, cancelled } = handFedResponse();
  const events = readServerSentEvents(response, { idleTimeoutMs: 1000 });
  send("data: first\n\n");
  await events.next();
  const pending = rejectionOf(events.next());
  for (let elapsed = 0; elapsed < 1000; elapsed += 250) {
    send(": ping\n");
    send("data: half\n");
    await vi.advanceTimersByTimeAsync(250);
  }
  await vi.advanceTimersByTimeAsync(1);
  expect(await pending).toMatchObject({ code: "stream-idle", retryable: true });
  expect(cancelled()).toMatchObject({ code: "stream-idle" });
  expect(vi.getTimerCount()).toBe(0);
});

test("each event restarts the idle time", async () => {
  vi.useFakeTimers();
  const { response, send, end } = handFedResponse();
  const all = collect(response, { idleTimeoutMs: 1000 });
  for (let index = 0; index < 5; index += 1) {
    await vi.advanceTimersByTimeAsync(900);
    send(`data: ${index}\n\n`);
  }
  await vi.advanceTimersByTimeAsync(900);
  end();
  expect(await all).toEqual(["0", "1", "2", "3", "4"]);
  expect(vi.getTimerCount()).toBe(0);
});
