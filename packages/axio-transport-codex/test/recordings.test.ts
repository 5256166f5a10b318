import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isJsonObject, type JsonObject } from "axio";
import { blocksIn, endIn } from "test-support/decode-response";
import { type Recording, recordings } from "test-support/fixtures";
import { FULL_RUN, needs, RECORDINGS } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CodexTransport } from "../src/index.ts";
import { asking, collect, failureOf } from "./support.ts";

type Framing = (events: readonly JsonObject[]) => readonly Uint8Array[];

/** The full run decodes longer recordings in every framing. */
const SHORT_BYTES = 60_000;

/** The next response, chunk by chunk. */
let answer: readonly Uint8Array[] = [];
let transport: CodexTransport;

const server = createServer((request, response) => {
  request.resume().once("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.cork();
    for (const chunk of answer) response.write(chunk);
    response.end();
  });
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  transport = new CodexTransport({
    baseUrl: `http://127.0.0.1:${port}`,
    accessToken: "opaque",
    accountId: "account",
    model: "gpt-5.5",
    retry: { maxRetries: 0 },
  });
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

function bytesOf(events: readonly JsonObject[], lineEnd = "\n", space = " "): Buffer {
  const texts = events.map((event) =>
    [`event:${space}${String(event["type"])}`, `data:${space}${JSON.stringify(event)}`, "", ""].join(lineEnd),
  );
  return Buffer.from(texts.join(""));
}

/** Cuts inside every character of several bytes. */
function insideCharacters(bytes: Buffer): readonly Uint8Array[] {
  const cuts = [...bytes.keys()].filter((index) => ((bytes[index] ?? 0) & 0xc0) === 0x80);
  return [0, ...cuts].map((start, index) => bytes.subarray(start, cuts[index]));
}

const framings: Readonly<Record<string, Framing>> = {
  CRLF: (events) => [bytesOf(events, "\r\n")],
  CR: (events) => [bytesOf(events, "\r")],
  "no space after the colon": (events) => [bytesOf(events, "\n", "")],
  "CRLF in chunks of one byte": (events) => [...bytesOf(events, "\r\n")].map((byte) => Uint8Array.of(byte)),
  "chunks that end inside characters": (events) => insideCharacters(bytesOf(events)),
};

async function replay(chunks: readonly Uint8Array[]): Promise<{ blocks: unknown; end: unknown }> {
  answer = chunks;
  const events = await collect(transport.stream(asking("Hello.")));
  return { blocks: blocksIn(events), end: endIn(events) };
}

const all = recordings();
const failed = all.filter(({ events }) => events.at(-1)?.["type"] === "response.failed");
const whole = all.filter((recording) => !failed.includes(recording));

function terminalResponse(events: readonly JsonObject[]): JsonObject {
  const response = events.at(-1)?.["response"];
  if (!isJsonObject(response)) throw new Error("The recording has no terminal event.");
  return response;
}

describe("recorded streams over HTTP", needs(RECORDINGS), () => {
  test("exist, some with characters of several bytes", () => {
    expect(whole.length).toBeGreaterThanOrEqual(15);
    expect(whole.some(({ events }) => insideCharacters(bytesOf(events)).length > 1)).toBe(true);
  });

  test.each(whole)("$name: texts, calls and usage are those of the terminal event", async ({ events }) => {
    answer = [bytesOf(events)];
    const received = await collect(transport.stream(asking("Hello.")));
    const blocks = blocksIn(received);
    const { output, usage, id } = terminalResponse(events);
    const items = Array.isArray(output) ? output.filter(isJsonObject) : [];
    expect(blocks.flatMap((block) => (block.type === "text" ? [block.text] : []))).toEqual(
      items
        .filter((item) => item["type"] === "message")
        .flatMap((item) => (item["content"] as JsonObject[]).map((part) => part["text"])),
    );
    expect(blocks.flatMap((block) => (block.type === "tool-use" ? [[block.id, block.name]] : []))).toEqual(
      items
        .filter((item) => /^(function|custom_tool)_call$/.test(String(item["type"])))
        .map((item) => [item["call_id"], item["name"]]),
    );
    const end = endIn(received);
    expect(end.responseId).toBe(id);
    expect(usage).toMatchObject({
      input_tokens: end.usage.inputTokens,
      input_tokens_details: { cached_tokens: end.usage.cachedInputTokens },
      output_tokens: end.usage.outputTokens,
      output_tokens_details: { reasoning_tokens: end.usage.reasoningTokens },
    });
  });

  const inEveryFraming = async ({ events }: Recording): Promise<void> => {
    const expected = await replay([bytesOf(events)]);
    for (const [name, framing] of Object.entries(framings)) {
      expect(await replay(framing(events)), name).toEqual(expected);
    }
  };
  const isShort = ({ events }: Recording): boolean => bytesOf(events).length < SHORT_BYTES;
  test.each(whole.filter(isShort))("$name: the same in every framing", inEveryFraming);
  test.each(whole.filter((recording) => !isShort(recording)))(
    "$name: the same in every framing",
    needs(RECORDINGS, FULL_RUN),
    inEveryFraming,
  );

  const truncatedAfter = async (events: readonly JsonObject[], lengths: readonly number[]): Promise<void> => {
    for (const length of lengths) {
      const error = await failureOf(replay([bytesOf(events.slice(0, length))]));
      expect([error.code, error.retryable], `after ${length} events`).toEqual(["stream-truncated", true]);
    }
  };
  test.each(whole)("$name: is truncated if it is cut after the first or last but one event", ({ events }) =>
    truncatedAfter(events, [0, 1, events.length - 1]),
  );
  describe("are truncated if they are cut after any event but the last", needs(FULL_RUN), () => {
    test.each(whole)("$name", ({ events }) => truncatedAfter(events, [...events.keys()]));
  });

  test.each(whole)("$name: is truncated if it is cut inside its last event", async ({ events }) => {
    const bytes = bytesOf(events);
    const error = await failureOf(replay([bytes.subarray(0, bytes.length - 1)]));
    expect(error.code).toBe("stream-truncated");
  });

  test.each(failed)("$name: has its error, in every framing", async ({ events }) => {
    for (const framing of Object.values(framings)) {
      const error = await failureOf(replay(framing(events)));
      expect([error.code, error.retryable]).toEqual(["usage-limit", false]);
    }
  });
});
