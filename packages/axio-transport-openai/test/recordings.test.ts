import { AxioError, type TransportEvent } from "axio";
import { chatRecordings } from "test-support/chat-fixtures";
import { FULL_RUN, needs, RECORDINGS } from "test-support/requirements";
import { asking } from "test-support/transport-calls";
import { describe, expect, test } from "vitest";
import { ServerTransport } from "../src/index.ts";

/** A response of a server that sends these pieces. */
function transportOf(pieces: readonly Uint8Array<ArrayBuffer>[]): ServerTransport {
  const body = (): ReadableStream =>
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
  return new ServerTransport({
    baseUrl: "https://server.example.com/v1",
    model: "m",
    retry: { maxRetries: 0 },
    fetch: async () => new Response(body(), { headers: { "content-type": "text/event-stream" } }),
  });
}

interface Outcome {
  readonly content: string;
  readonly code: string | undefined;
}

async function outcomeOf(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<Outcome> {
  const events: TransportEvent[] = [];
  let code: string | undefined;
  try {
    for await (const event of transportOf(pieces).stream(asking("Hi"))) events.push(event);
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    code = error.code;
  }
  const content = events.flatMap((event): readonly unknown[] => {
    if (event.type === "block-end") return [event.block];
    return event.type === "step-end" ? [event] : [];
  });
  // Ids that the server omits are made.
  return { content: JSON.stringify(content).replaceAll(/call_[0-9a-f]{32}/g, "call_minted"), code };
}

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);
const plain = (data: readonly string[]): string => data.map((one) => `data: ${one}\n\n`).join("");

function cutInto(all: Uint8Array<ArrayBuffer>, size: number): readonly Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** Every framing that the format of server-sent events allows. */
const FRAMINGS: readonly (readonly [
  name: string,
  frame: (data: readonly string[]) => readonly Uint8Array<ArrayBuffer>[],
])[] = [
  ["CRLF", (data) => [bytes(plain(data).replaceAll("\n", "\r\n"))]],
  ["CR", (data) => [bytes(plain(data).replaceAll("\n", "\r"))]],
  ["no space after the colon", (data) => [bytes(plain(data).replaceAll("data: ", "data:"))]],
  ["a byte order mark", (data) => [bytes(`\ufeff${plain(data)}`)]],
  [
    "comments and blank lines",
    (data) => [bytes(data.map((one) => `: ping\n\n\n\ndata: ${one}\n\n`).join(""))],
  ],
  [
    "event names and ids",
    (data) => [bytes(data.map((one) => `event: message\nid: 1\ndata: ${one}\n\n`).join(""))],
  ],
  ["pieces of 7 bytes", (data) => cutInto(bytes(plain(data)), 7)],
  ["pieces of 1,000 bytes", (data) => cutInto(bytes(plain(data)), 1000)],
];

const all = chatRecordings();

describe("recorded streams", needs(RECORDINGS), () => {
  test.each(all)("$name is the same under every framing", async ({ data }) => {
    const expected = await outcomeOf([bytes(plain(data))]);
    expect(expected.content + expected.code).not.toBe("[]undefined");
    for (const [name, frame] of FRAMINGS)
      expect({ name, ...(await outcomeOf(frame(data))) }).toEqual({ name, ...expected });
  });

  test.each(all)(
    "$name, cut after any event, is truncated, failed or whole, and never another response",
    async ({ data }) => {
      const whole = await outcomeOf([bytes(plain(data))]);
      const step = process.env["AXIO_TEST_FULL"] ? 1 : Math.max(1, Math.floor(data.length / 12));
      for (let length = 0; length < data.length; length += step) {
        const { content, code } = await outcomeOf([bytes(plain(data.slice(0, length)))]);
        // Before its error comes, a response that was cut by its length is whole.
        const isCutByLength = whole.code !== undefined && stopReasonOf(content) === "max-output-tokens";
        if (code === undefined && !isCutByLength)
          expect(stopReasonOf(content)).toBe(stopReasonOf(whole.content));
        if (code !== undefined) expect(["stream-truncated", whole.code]).toContain(code);
      }
    },
  );

  test.each(all)("$name, cut after any byte", needs(FULL_RUN), async ({ data }) => {
    const body = bytes(plain(data));
    for (let length = 0; length < body.length; length += 17) {
      const { code } = await outcomeOf([body.slice(0, length)]);
      expect([undefined, "stream-truncated", "protocol", "output-mismatch", "invalid-request"]).toContain(
        code,
      );
    }
  });
});

function stopReasonOf(content: string): string | undefined {
  return /"stopReason":"([a-z-]+)"/.exec(content)?.[1];
}
