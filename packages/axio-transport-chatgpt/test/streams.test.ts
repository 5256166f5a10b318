import { expect, test } from "vitest";
import { ChatGPTTransport } from "../src/index.ts";
import { asking, bodies, collect, connection, failureOf, simulate, textOf } from "./support.ts";

test.each([
  ["empty_output"],
  ["done_marker"],
  ["uneven_chunks"],
  ["byte_by_byte"],
  ["crlf"],
  ["no_event_line"],
  ["comments"],
  ["keepalive"],
  ["unknown_event"],
  ["unknown_item"],
  ["no_deltas"],
  ["interleaved"],
  ["completed_then_stall"],
  ["completed_then_reset"],
])("a stream with %s is a complete response", async (fault) => {
  const simulator = await simulate();
  const transport = new ChatGPTTransport({ ...connection(simulator), retry: { maxRetries: 0 } });
  expect(await textOf(transport.stream(asking(`say Grüße aus Köln 🙂\nfail ${fault}`)))).toBe(
    "Grüße aus Köln 🙂",
  );
});

test.each([
  ["eof", "stream-truncated"],
  ["reset", "network"],
  ["eof_inside_event", "stream-truncated"],
  ["empty_stream", "stream-truncated"],
  ["json_body", "protocol"],
  ["html_page", "protocol"],
  ["failed:server_error", "server"],
])("a stream with %s is an error, also after a retry: %s", async (fault, code) => {
  const simulator = await simulate();
  const transport = new ChatGPTTransport({
    ...connection(simulator),
    retry: { maxRetries: 1, baseDelayMs: 1 },
  });
  const error = await failureOf(collect(transport.stream(asking(`say Some text that\nfail ${fault}`))));
  expect(error.code).toBe(code);
  expect(bodies(simulator)).toHaveLength(error.retryable ? 2 : 1);
});

test("leaving a call closes its stream", async () => {
  const simulator = await simulate({ paceMs: 5 });
  const transport = new ChatGPTTransport(connection(simulator));
  for await (const event of transport.stream(asking(`say ${"word ".repeat(500)}`))) {
    if (event.type === "text-delta") break;
  }
  await expect.poll(() => simulator.stats.openStreams, { timeout: 10_000 }).toBe(0);
});
