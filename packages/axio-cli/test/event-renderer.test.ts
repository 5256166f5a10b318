import { AxioError, NO_USAGE, type RetryEvent, type StreamEvent } from "axio";
import type { RetryNotice } from "axio/plugin";
import { expect, test } from "vitest";
import { EventRenderer } from "../src/ask/event-renderer.ts";
import type { Output } from "../src/output.ts";
import { styleFor } from "../src/text/style.ts";

/** Renders events. Returns the text of each output, and of both in order. */
async function render(
  isTerminal: boolean,
  events: readonly (StreamEvent | RetryNotice)[],
): Promise<{ readonly out: string; readonly err: string; readonly both: string }> {
  const written = { out: "", err: "", both: "" };
  const channel = (name: "out" | "err"): Output => {
    const write = async (text: string): Promise<void> => {
      written[name] += text;
      written.both += text;
    };
    return {
      isTerminal,
      width: 80,
      style: styleFor(false, { LANG: "C.UTF-8" }),
      write,
      line: (text = "") => write(`${text}\n`),
      json: (value) => write(JSON.stringify(value)),
    };
  };
  const renderer = new EventRenderer(channel("out"), channel("err"));
  for (const event of events) await ("type" in event ? renderer.render(event) : renderer.showRetry(event));
  await renderer.end();
  return written;
}

const text = (index: number, delta: string): StreamEvent => ({ type: "text-delta", index, delta });
const retry: RetryEvent = {
  type: "retry",
  attempt: 1,
  delayMs: 2_000,
  error: new AxioError("network", "The connection broke."),
  discardedBlocks: [0],
};

test("announces a retry after text, and starts the new text on a new line", async () => {
  const { out, err } = await render(false, [text(0, "Hel"), retry, text(0, "Hello")]);
  expect(out).toBe("Hel\nHello");
  expect(err).toBe(
    "· retrying 1 in 2 s: The connection broke.\n· The response restarts. The text above is incomplete.\n",
  );
});

test("shows a retry that the transport reports once, although it has an event too", async () => {
  const reported = { attempt: 2, maxRetries: 10, delayMs: 4_000, error: retry.error };
  const { err } = await render(false, [text(0, "Hel"), reported, retry, text(0, "Hello")]);
  expect(err).toBe(
    "· retrying 2 of 10 in 4 s: The connection broke.\n· The response restarts. The text above is incomplete.\n",
  );
});

test("does not change the response at a retry before any text", async () => {
  expect((await render(false, [retry, text(0, "Hello")])).out).toBe("Hello");
});

test("separates reasoning, notes and the response by lines on one terminal", async () => {
  const { both } = await render(true, [
    { type: "reasoning-delta", index: 0, delta: "Hm." },
    text(1, "First"),
    { type: "tool-use-start", index: 2, toolCallId: "1", name: "look\u001b[2J" },
    text(3, "Second"),
  ]);
  expect(both).toBe("Hm.\n\nFirst\n· calls look\\x1b[2J\nSecond\n");
});

test("separates two texts of one response, and ends a pipe without a line feed", async () => {
  expect((await render(false, [text(0, "One"), text(1, "Two")])).out).toBe("One\nTwo");
});

const comment = (delta: string): StreamEvent => ({
  type: "text-delta",
  index: 0,
  phase: "commentary",
  delta,
});
const callEnd: StreamEvent = {
  type: "step-end",
  stopReason: "end",
  usage: NO_USAGE,
};
const runEnd = (reason: "end" | "error"): StreamEvent => ({
  type: "run-end",
  reason,
  usage: NO_USAGE,
  steps: 1,
});

test("writes commentary to stderr, and the response alone to a pipe", async () => {
  const events = [
    comment("I look"),
    comment(" around."),
    callEnd,
    text(0, "Found it."),
    callEnd,
    runEnd("end"),
  ];
  expect(await render(false, events)).toMatchObject({ out: "Found it.", err: "I look around.\n\n" });
  expect((await render(true, events)).both).toBe("I look around.\n\nFound it.\n");
});

test("separates reasoning and commentary", async () => {
  const reasoning: StreamEvent = { type: "reasoning-delta", index: 1, delta: "Hm." };
  expect((await render(false, [comment("First."), reasoning])).err).toBe("First.\n\nHm.\n\n");
});

test("writes commentary as the response if there is no other, unless the run failed or it is visible already", async () => {
  const events = [comment("Old."), callEnd, comment("All done."), callEnd];
  expect((await render(false, [...events, runEnd("end")])).out).toBe("All done.");
  expect((await render(false, [...events, runEnd("error")])).out).toBe("");
  expect((await render(true, [...events, runEnd("end")])).both).toBe("Old.\n\nAll done.\n\n");
  expect((await render(false, [comment("Old."), retry, comment("New."), runEnd("end")])).out).toBe("New.");
});

test("keeps a character whole that two deltas share", async () => {
  expect((await render(false, [text(0, "a\ud83d"), text(0, "\ude00b")])).out).toBe("a😀b");
  expect((await render(false, [text(0, "a\ud83d")])).out).toBe("a\ud83d");
});
