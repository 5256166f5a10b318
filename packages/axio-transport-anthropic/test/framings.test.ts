import type { JsonObject } from "axio";
import type { FetchLike } from "axio-http";
import { blocksIn, endIn } from "test-support/decode-response";
import { FULL_RUN, needs, RECORDINGS } from "test-support/requirements";
import { asking, collect, failureOf } from "test-support/transport-calls";
import { describe, expect, test } from "vitest";
import { AnthropicTransport } from "../src/index.ts";
import { messagesRecordings } from "./support/fixtures.ts";

type Framing = (events: readonly JsonObject[]) => readonly Uint8Array[];

function bytesOf(events: readonly JsonObject[], lineEnd = "\n", space = " ", hasNames = true): Buffer {
  const texts = events.map((event) =>
    [
      ...(hasNames ? [`event:${space}${String(event["type"])}`] : []),
      // The service pads its data.
      `data:${space}${JSON.stringify(event).slice(0, -1)}   }`,
      "",
      "",
    ].join(lineEnd),
  );
  return Buffer.from(texts.join(""));
}

const framings: Readonly<Record<string, Framing>> = {
  CRLF: (events) => [bytesOf(events, "\r\n")],
  CR: (events) => [bytesOf(events, "\r")],
  "no space after the colon": (events) => [bytesOf(events, "\n", "")],
  "no event lines": (events) => [bytesOf(events, "\n", " ", false)],
  "bytes one by one": (events) => [...bytesOf(events)].map((byte) => Uint8Array.of(byte)),
  "CRLF, bytes one by one": (events) => [...bytesOf(events, "\r\n")].map((byte) => Uint8Array.of(byte)),
};

function transportOf(chunks: readonly Uint8Array[]): AnthropicTransport {
  const fetch: FetchLike = async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  return new AnthropicTransport({
    apiKey: "sk-ant-api03-0123456789",
    model: "claude-opus-4-8",
    fetch,
    env: {},
    retry: { maxRetries: 0 },
  });
}

async function replay(chunks: readonly Uint8Array[]): Promise<string> {
  const events = await collect(transportOf(chunks).stream(asking("Hi")));
  const last = events.slice(events.findLastIndex(({ type }) => type === "retry") + 1);
  return JSON.stringify({ blocks: blocksIn(last), end: endIn(last) });
}

const all = messagesRecordings();
const isShort = ({ events }: { readonly events: readonly JsonObject[] }): boolean =>
  bytesOf(events).length < 8_000;

describe("recorded streams", needs(RECORDINGS), () => {
  const inEveryFraming = async ({ events }: { readonly events: readonly JsonObject[] }): Promise<void> => {
    const expected = await replay([bytesOf(events)]);
    for (const [name, framing] of Object.entries(framings)) {
      expect((await replay(framing(events))) === expected, name).toBe(true);
    }
  };
  test.each(all.filter(isShort))("$name: the same in every framing", inEveryFraming);
  test.each(all.filter((recording) => !isShort(recording)))(
    "$name: the same in every framing",
    needs(FULL_RUN),
    inEveryFraming,
  );

  test.each(all)(
    "$name: is truncated if it is cut inside or after any of its last events",
    async ({ events }) => {
      const bytes = bytesOf(events);
      for (const cut of [0, 1, bytes.length >> 1, bytes.length - 40, bytes.length - 1]) {
        const error = await failureOf(replay([bytes.subarray(0, cut)]));
        expect([error.code, error.retryable], `after ${cut} bytes`).toEqual(["stream-truncated", true]);
      }
    },
  );
});
