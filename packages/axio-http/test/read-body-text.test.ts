import { afterEach, expect, test, vi } from "vitest";
import { readBodyText, sendRequest } from "../src/index.ts";
import { hangingBody } from "./support/event-streams.ts";
import { startServer } from "./support/http-server.ts";
import { rejectionOf } from "./support/signals.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("reads a body to its end, however its bytes are cut", async () => {
  const bytes = new TextEncoder().encode("naïve 𝄞");
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  expect(await readBodyText(new Response(body))).toBe("naïve 𝄞");
});

test("stops at the byte limit and closes the socket", async () => {
  const { url, noOpenResponses } = await startServer((_, response) => {
    response.write("0123456789".repeat(10));
  });
  const response = await sendRequest({ url });
  expect(await readBodyText(response, { maxBytes: 15 })).toBe("012345678901234");
  await noOpenResponses();
});

test("returns what came if a body breaks", async () => {
  const server = await startServer((_, response) => {
    response.write("part", () => server.resetConnections());
  });
  const response = await sendRequest({ url: server.url });
  expect("part".startsWith(await readBodyText(response))).toBe(true);
});

test("an abort throws `aborted`", async () => {
  const controller = new AbortController();
  const pending = rejectionOf(readBodyText(new Response(hangingBody("part")), { signal: controller.signal }));
  controller.abort("enough");
  expect(await pending).toMatchObject({ code: "aborted", cause: "enough" });
});

test("throws for an incomplete body with `whole`", async () => {
  vi.useFakeTimers();
  const tooLong = await rejectionOf(readBodyText(new Response("0123456789"), { maxBytes: 9, whole: true }));
  expect(tooLong).toMatchObject({ code: "protocol", retryable: false });
  expect(await readBodyText(new Response("0123456789"), { maxBytes: 10, whole: true })).toBe("0123456789");

  const late = rejectionOf(readBodyText(new Response(hangingBody("part")), { timeoutMs: 500, whole: true }));
  await vi.advanceTimersByTimeAsync(500);
  expect(await late).toMatchObject({ code: "network", retryable: true });

  vi.useRealTimers();
  const server = await startServer((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("part", () => server.resetConnections());
  });
  const broken = await rejectionOf(
    sendRequest({ url: server.url }).then((response) => readBodyText(response, { whole: true })),
  );
  expect(broken).toMatchObject({ code: "network", retryable: true });
});
