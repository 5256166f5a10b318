import { expect, test } from "vitest";
import { assertEventStream, sendRequest } from "../src/index.ts";
import { startServer } from "./support/http-server.ts";
import { rejectionOf } from "./support/signals.ts";

function response(body: string | null, contentType?: string): Response {
  const bytes = body === null ? null : new TextEncoder().encode(body);
  return new Response(bytes, { headers: contentType === undefined ? {} : { "content-type": contentType } });
}

test.each([
  [undefined],
  ["text/event-stream"],
  ["text/event-stream; charset=utf-8"],
  ["Text/Event-Stream;x"],
])("accepts the content type %j", async (contentType) => {
  await assertEventStream(response("data: 1\n\n", contentType));
});

test("rejects a page with its title and the ids for support", async () => {
  const { url, noOpenResponses } = await startServer((_, answer) => {
    answer.writeHead(200, { "content-type": "text/html", "x-oai-request-id": "req_1", "cf-ray": "ray" });
    answer.write(`<html><head><title>Sign in to the hotel's network</title></head>${"x".repeat(200_000)}`);
  });
  const error = await rejectionOf(sendRequest({ url }).then((answer) => assertEventStream(answer)));
  expect(error).toMatchObject({
    code: "protocol",
    retryable: false,
    details: { status: 200, requestId: "req_1", cfRay: "ray" },
  });
  expect(String(error)).toMatch(
    /sent text\/html instead of an event stream \(200\).*It said: Sign in to the hotel's network$/,
  );
  await noOpenResponses();
});

test("rejects JSON with its message", async () => {
  const body = JSON.stringify({ error: { code: "some_code", message: "Not today." } });
  const error = await rejectionOf(assertEventStream(response(body, "application/json")));
  expect(error).toMatchObject({ code: "protocol", details: { peerCode: "some_code" } });
  expect(String(error)).toMatch(/It said: Not today\.$/);
});

test("rejects a response without a body", async () => {
  expect(String(await rejectionOf(assertEventStream(response(null, "text/event-stream"))))).toContain(
    "sent nothing",
  );
});

test("throws `aborted` if the signal fires while it reads", async () => {
  const error = await rejectionOf(
    assertEventStream(response("{}", "application/json"), { signal: AbortSignal.abort() }),
  );
  expect(error).toMatchObject({ code: "aborted" });
});
