import { AxioError, type StreamEvent } from "axio";
import { expect, test } from "vitest";
import type { Channel } from "../../src/cli/channel.ts";
import { EventRenderer } from "../../src/cli/render-events.ts";
import { styleFor } from "../../src/cli/style.ts";

/** Renders events; gives what was written to each output, and to both in order. */
async function render(
  isTerminal: boolean,
  events: readonly StreamEvent[],
): Promise<{ readonly out: string; readonly err: string; readonly both: string }> {
  const written = { out: "", err: "", both: "" };
  const channel = (name: "out" | "err"): Channel => {
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
  for (const event of events) await renderer.render(event);
  await renderer.end();
  return written;
}

const text = (index: number, delta: string): StreamEvent => ({ type: "text-delta", index, delta });
const retry: StreamEvent = {
  type: "retry",
  attempt: 1,
  delayMs: 2_000,
  error: new AxioError("network", "The connection broke."),
  discard: [0],
};

test("a retry after text is announced, and the new text does not run into the old one", async () => {
  const { out, err } = await render(false, [text(0, "Hel"), retry, text(0, "Hello")]);
  expect(out).toBe("Hel\nHello");
  expect(err).toBe(
    "· The connection broke. Trying again in 2 s.\n· The answer starts anew; what stands above is cut off.\n",
  );
});

test("a retry before any text leaves the answer as it is", async () => {
  expect((await render(false, [retry, text(0, "Hello")])).out).toBe("Hello");
});

test("on one terminal thoughts, notes and the answer stand on lines of their own", async () => {
  const { both } = await render(true, [
    { type: "reasoning-delta", index: 0, delta: "Hm." },
    text(1, "First"),
    { type: "tool-use-start", index: 2, id: "1", name: "look\u001b[2J" },
    text(3, "Second"),
  ]);
  expect(both).toBe("Hm.\n\nFirst\n· calls look\\x1b[2J\nSecond\n");
});

test("two texts of one answer do not run together, and a pipe gets nothing at the end", async () => {
  expect((await render(false, [text(0, "One"), text(1, "Two")])).out).toBe("One\nTwo");
});

test("a character that is cut between two deltas stays whole", async () => {
  expect((await render(false, [text(0, "a\ud83d"), text(0, "\ude00b")])).out).toBe("a😀b");
  expect((await render(false, [text(0, "a\ud83d")])).out).toBe("a\ud83d");
});
