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
  // Node.js gives out a chunk of the encoding at a time.
  const chunks: string[] = [];
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) chunks.push(chunk);
  expect(chunks.join("").match(/"content":"Hello\. "/g)).toHaveLength(100);
  expect(chunks.join("")).toMatch(/data: \[DONE\]\n\n$/);
  expect(chunks.length).toBeLessThan(10);
});
