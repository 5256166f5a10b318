import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { TransportEvent } from "axio";
import { ScriptedTransport, stepEnd } from "axio/testing";
import { expect, onTestFinished, test } from "vitest";
import { gateway } from "./support.ts";

/** Requests a stream from a gateway whose transport sends these events, and returns the response unread. */
async function open(events: () => AsyncGenerator<TransportEvent>): Promise<IncomingMessage> {
  const { url, secret } = await gateway({ transport: new ScriptedTransport([events]) });
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const sent = request(`${url}/v1/chat/completions`, { method: "POST", headers });
  onTestFinished(() => void sent.destroy());
  const messages = [{ role: "user", content: "Hi" }];
  sent.end(JSON.stringify({ model: "scripted", stream: true, messages }));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response;
}

test("events that arrive together are sent together", async () => {
  const response = await open(async function* () {
    for (let count = 0; count < 100; count += 1) yield { type: "text-delta", index: 0, delta: "Hello. " };
    yield stepEnd();
  });
  // An iterator and a decoder would join the chunks of the encoding.
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(response, "end");
  const text = Buffer.concat(chunks).toString();
  expect(text.match(/"content":"Hello\. "/g)).toHaveLength(100);
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  expect(chunks.length).toBeLessThan(10);
});
